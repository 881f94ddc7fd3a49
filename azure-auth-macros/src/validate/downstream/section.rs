//! Rules of `downstream` in `app!`: the APIs that an application calls, with their permissions.

use proc_macro2::Ident;
use quote::ToTokens;
use syn::LitStr;

use super::resource;
use crate::diagnostics::{Problem, Problems, shown};
use crate::model::downstream::{Consent, DEFAULT, Permission, Resource};
use crate::model::vocabulary::{DownstreamApi, Meaning, Word};
use crate::syntax::{self, Entry, Section};
use crate::validate::item;
use crate::validate::vocabulary::{camel_case, description, text};

/// The name of the item that stands for the API itself.
const RESOURCE: &str = "Resource";

/// The APIs of a section, as far as their names could be read.
pub(in crate::validate) fn apis(section: &Section, problems: &mut Problems) -> Vec<DownstreamApi> {
    for entry in &section.entries {
        let name = &entry.name;
        if !item::is_item_name(&name.to_string()) {
            let problem = Problem::new(name.span(), format!("the API `{name}` has no braces"));
            let address = entry.value.as_ref().map_or_else(|| "\"api://<client id>\"".to_owned(), shown::code);
            problems.add(problem.help(format!("write its permissions in them: `{name}({address}) {{ … }}`")));
            continue;
        }
        let value = entry.value.as_ref().map(|value| format!("({})", shown::code(value))).unwrap_or_default();
        let problem = Problem::new(name.span(), format!("`{name}` is not inside of an API"));
        problems.add(problem.help(format!("write `orders(\"api://<client id>\") {{ {name}{value} }}`")));
    }
    let mut apis: Vec<DownstreamApi> = Vec::new();
    for written in &section.apis {
        let api = api(written, problems);
        if let Some(known) = apis.iter().find(|known| known.name == api.name) {
            let name = &known.name;
            let problem = Problem::new(api.name.span(), format!("the API `{name}` appears twice in this vocabulary"));
            problems.add(problem.help("move all of its permissions into one section, or rename one of the two"));
            continue;
        }
        if let Some(known) = apis.iter().find(|known| known.resource == api.resource && is_known(&known.resource)) {
            let (name, found) = (&known.name, written.resource.to_token_stream());
            let problem = Problem::over(
                &found,
                format!("`{name}` already stands for `{}`", shown::code(&found).trim_matches('"')),
            );
            problems.add(problem.help(format!("move these permissions into `{name}`: one token is for one API")));
        }
        if is_module_name(&api.name, problems) {
            apis.push(api);
        }
    }
    apis
}

/// An API in a section of another name.
pub(in crate::validate) fn misplaced(section: &Section, problems: &mut Problems) {
    for api in &section.apis {
        let message = format!("`{}` is an API, and `{}` contains none", api.name, section.key);
        let problem = Problem::new(api.name.span(), message);
        problems.add(problem.help(format!("move it into `downstream: {{ {}(…) {{ … }} }}`", api.name)));
    }
}

/// What could not be read is none.
fn is_known(resource: &Resource) -> bool {
    *resource != Resource::Uri(String::new())
}

fn is_module_name(name: &Ident, problems: &mut Problems) -> bool {
    let text = name.to_string();
    let is_name = !text.contains(char::is_uppercase) && text.starts_with(|first: char| first.is_lowercase());
    if !is_name {
        let problem = Problem::new(name.span(), format!("`{name}` is not a name for an API, which is a module"));
        problems.add(problem.help(format!("write it in `snake_case`: `{}(…) {{ … }}`", snake_case(&text))));
    }
    is_name
}

fn snake_case(name: &str) -> String {
    let mut snake = String::new();
    for letter in name.trim_start_matches('_').chars() {
        if letter.is_uppercase() && !snake.is_empty() && !snake.ends_with('_') {
            snake.push('_');
        }
        snake.extend(letter.to_lowercase());
    }
    snake
}

fn api(written: &syntax::DownstreamApi, problems: &mut Problems) -> DownstreamApi {
    let name = &written.name;
    let resource = address(written, problems);
    let mut words: Vec<Word> = Vec::new();
    for entry in &written.entries {
        let Some(word) = word(entry, resource.as_ref(), &words, problems) else { continue };
        words.push(word);
    }
    DownstreamApi { name: name.clone(), resource: resource.unwrap_or(Resource::Uri(String::new())), words }
}

fn address(written: &syntax::DownstreamApi, problems: &mut Problems) -> Option<Resource> {
    let name = &written.name;
    let Some(value) = &written.resource else {
        let problem = Problem::new(name.span(), format!("`{name}` does not say which API it is"));
        problems.add(problem.help(format!("write its application id URI: `{name}(\"api://<client id>\") {{ … }}`")));
        return None;
    };
    let literal = text(value, "the address of the API", problems)?;
    let found = resource::resource(&literal.value(), |other| format!("{name}({other:?})"));
    found.map_err(|(message, help)| problems.add(Problem::new(literal.span(), message).help(help))).ok()
}

/// One permission. Without mistakes in its name it exists, so that no second mistake follows where it is used.
fn word(entry: &Entry, resource: Option<&Resource>, others: &[Word], problems: &mut Problems) -> Option<Word> {
    let name = &entry.name;
    let mut is_name = camel_case(name, problems);
    if name == RESOURCE {
        let problem = Problem::new(name.span(), format!("`{RESOURCE}` stands for the API itself"));
        problems.add(problem.help("give the permission another name, and write its value in parentheses"));
        is_name = false;
    }
    if others.iter().any(|other| other.name == *name) {
        let problem = Problem::new(name.span(), format!("the name `{name}` appears twice in this API"));
        problems.add(problem.help("rename one of them: each is an item of its own"));
        is_name = false;
    }
    let permission = resource.and_then(|resource| permission(entry, resource, others, problems));
    let description = entry.description.as_ref().and_then(|description| self::description(description, problems));
    let unread = || Permission {
        resource: resource.cloned().unwrap_or(Resource::Uri(String::new())),
        name: String::new(),
        consent: Consent::Unknown,
        id: None,
    };
    let meaning = Meaning::Permission(permission.unwrap_or_else(unread));
    is_name.then(|| Word { name: name.clone(), meaning, description })
}

fn permission(entry: &Entry, resource: &Resource, others: &[Word], problems: &mut Problems) -> Option<Permission> {
    let literal = match &entry.value {
        Some(value) => text(value, "the value of the permission", problems)?.clone(),
        None => LitStr::new(&entry.name.to_string(), entry.name.span()),
    };
    let value = literal.value();
    let mut problem = |message: String, help: String| problems.add(Problem::new(literal.span(), message).help(help));
    if let Some((_, name)) = value.rsplit_once('/').filter(|(api, _)| resource::resource(api, str::to_owned).is_ok()) {
        problem(
            format!("`{value}` starts with an API; inside of one, permissions are written by their short names"),
            format!("write `{}({name:?})`", entry.name),
        );
        return None;
    }
    let permission = match resource::permission(resource, &value, true) {
        Ok(permission) => permission,
        Err((message, help)) => {
            problem(message, help);
            return None;
        }
    };
    for other in others {
        let Meaning::Permission(known) = &other.meaning else { continue };
        if known.name == value {
            problem(format!("`{}` already stands for `{value}`", other.name), format!("use `{}`", other.name));
            return None;
        }
        if known.name == DEFAULT || (value == DEFAULT && !known.name.is_empty()) {
            problem(
                format!(
                    "`{DEFAULT}` is every permission of the API that was agreed to, and cannot be asked for beside names"
                ),
                format!("declare `{DEFAULT}` alone, or the permissions without it"),
            );
            return None;
        }
    }
    Some(permission)
}
