//! What others ask of a program: its scopes and its app roles.

use std::collections::BTreeMap;

use azure_auth_policy::{Choice, Policy, Requirement};

use super::Collisions;
use crate::model::registration::application::{AppRole, ExposedScope, MemberType, ScopeConsent};
use crate::rules::registration::program::Program;
use crate::rules::registration::stable_id::{Kind, stable_id};

/// Everything that a registration exposes, by value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Exposed {
    pub(super) scopes: Vec<ExposedScope>,
    pub(super) roles: Vec<AppRole>,
}

/// Where a name is first, for each meaning that it has.
#[derive(Default)]
struct Places {
    scope: Option<String>,
    /// As an app role of people.
    people: Option<String>,
    /// As an app role of applications.
    applications: Option<String>,
}

#[derive(Clone, Copy)]
enum Meaning {
    Scope,
    People,
    Applications,
}

const IN_VOCABULARY: &str = "`app!`";

/// Characters of a scope where people have personal accounts.
const LONGEST_PERSONAL: usize = 40;

/// Longer texts are for reading, and not for lists.
const LONGEST_TITLE: usize = 100;

pub(super) fn exposed(program: &Program<'_>) -> Result<Exposed, Collisions> {
    let names = names(program);
    let both = names.iter().filter_map(|(name, places)| collision(name, places));
    let both: Vec<String> = both.collect();
    if !both.is_empty() {
        return Err(Collisions(both));
    }
    let scopes = names.iter().filter(|(_, places)| places.scope.is_some());
    let scopes = scopes.map(|(name, _)| scope(program, name)).collect();
    let roles = names.iter().filter(|(_, places)| places.scope.is_none());
    let roles = roles.map(|(name, places)| role(program, name, places)).collect();
    Ok(Exposed { scopes, roles })
}

impl Exposed {
    /// Whether tokens for this program are of any use to others.
    pub(super) fn is_called(&self) -> bool {
        !self.scopes.is_empty() || !self.roles.is_empty()
    }

    /// Whether applications ask for tokens of this one, which they do by its identifier URI.
    pub(super) fn has_roles_of_applications(&self) -> bool {
        self.roles.iter().any(|role| role.allowed_member_types.contains(&MemberType::Application))
    }

    /// The roles that a registration can have.
    pub(super) fn granted_roles(&self, program: &Program<'_>, open_points: &mut Vec<String>) -> Vec<AppRole> {
        if !program.has_personal_accounts() || self.roles.is_empty() {
            return self.roles.clone();
        }
        let names: Vec<&str> = self.roles.iter().map(|role| role.value.as_str()).collect();
        open_points.push(format!(
            "registrations for personal accounts have no app roles, so that nobody has {}; use `organizations` or a tenant in \
             AZURE_ISSUER_URI",
            names.join(", ")
        ));
        Vec::new()
    }
}

/// Where people have personal accounts, scopes have shorter names.
pub(super) fn judge_lengths(program: &Program<'_>, scopes: &[ExposedScope], open_points: &mut Vec<String>) {
    for scope in scopes.iter().filter(|scope| program.has_personal_accounts() && scope.value.len() > LONGEST_PERSONAL) {
        open_points.push(format!(
            "the scope `{}` has {} characters, and registrations for personal accounts take {LONGEST_PERSONAL} at most; shorten it",
            scope.value,
            scope.value.len()
        ));
    }
}

/// Entra ID keeps the values of both in one set.
fn collision(name: &str, places: &Places) -> Option<String> {
    let scope = places.scope.as_ref()?;
    let role = places.people.as_ref().or(places.applications.as_ref())?;
    Some(format!(
        "`{name}` is a scope in {scope} and an app role in {role}, expected one of them: a registration contains each value once, \
         app roles and scopes together; give one of them another value"
    ))
}

fn names(program: &Program<'_>) -> BTreeMap<&'static str, Places> {
    let mut names: BTreeMap<&'static str, Places> = BTreeMap::new();
    for row in program.rows {
        let access = row.access();
        for (name, meaning) in access.requirements().iter().flat_map(meanings) {
            names.entry(name).or_default().add(meaning, || format!("{} {}", row.method(), row.path));
        }
    }
    let in_vocabulary = || IN_VOCABULARY.to_owned();
    for vocabulary in program.vocabularies {
        for (name, _) in vocabulary.scopes {
            names.entry(name).or_default().add(Meaning::Scope, in_vocabulary);
        }
        for (name, _) in vocabulary.roles {
            let places = names.entry(name).or_default();
            // A row says for whom; without one they are for people.
            if places.applications.is_none() {
                places.add(Meaning::People, in_vocabulary);
            }
        }
    }
    names
}

impl Places {
    fn add(&mut self, meaning: Meaning, place: impl FnOnce() -> String) {
        let known = match meaning {
            Meaning::Scope => &mut self.scope,
            Meaning::People => &mut self.people,
            Meaning::Applications => &mut self.applications,
        };
        known.get_or_insert_with(place);
    }
}

/// Every name of a requirement.
fn meanings<'r>(requirement: &Requirement<'r>) -> Vec<(&'r str, Meaning)> {
    let mut names: Vec<(&'r str, Meaning)> = Vec::new();
    names.extend(requirement.scopes.iter().map(|scope| (*scope, Meaning::Scope)));
    let people = requirement.roles.iter().flat_map(Choice::values);
    names.extend(people.map(|role| (*role, Meaning::People)));
    let applications = requirement.application_roles.iter().flat_map(Choice::values);
    names.extend(applications.map(|role| (*role, Meaning::Applications)));
    if let Some(policy) = requirement.allow {
        policy.for_each_leaf(&mut |fact| match fact {
            Policy::Scope(scope) => names.push((scope, Meaning::Scope)),
            Policy::Role(role) => names.push((role, Meaning::People)),
            Policy::ApplicationRole(role) => names.push((role, Meaning::Applications)),
            _ => {}
        });
    }
    names
}

fn scope(program: &Program<'_>, value: &str) -> ExposedScope {
    let (title, text) = texts(program, value);
    ExposedScope {
        id: program.known_scope(value).unwrap_or_else(|| stable_id(program.name, Kind::Scope, value)),
        value: value.to_owned(),
        r#type: ScopeConsent::User,
        is_enabled: true,
        admin_consent_display_name: title.clone(),
        admin_consent_description: text.clone(),
        user_consent_display_name: title,
        user_consent_description: text,
    }
}

fn role(program: &Program<'_>, value: &str, places: &Places) -> AppRole {
    let people = places.people.as_ref().map(|_| MemberType::User);
    let applications = places.applications.as_ref().map(|_| MemberType::Application);
    let (display_name, description) = texts(program, value);
    AppRole {
        id: program.known_role(value).unwrap_or_else(|| stable_id(program.name, Kind::AppRole, value)),
        value: value.to_owned(),
        display_name,
        description,
        allowed_member_types: people.into_iter().chain(applications).collect(),
        is_enabled: true,
    }
}

/// A title and a description. Entra ID takes neither empty.
fn texts(program: &Program<'_>, value: &str) -> (String, String) {
    let text = program.description(value).unwrap_or(value);
    let title = if text.chars().count() > LONGEST_TITLE { value } else { text };
    (title.to_owned(), text.to_owned())
}
