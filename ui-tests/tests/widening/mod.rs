//! Every way to let somebody in with one change of a `protect`.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::{Attribute, Expr, ExprCall, ExprLit, Lit, Meta, MetaNameValue, Token, parse_quote};

/// What becomes of an attribute and its handler.
#[derive(Clone)]
pub(crate) struct Change {
    pub(crate) words: String,
    /// What replaces it.
    pub(crate) attribute: String,
    /// A public handler cannot take a caller as it is.
    pub(crate) makes_callers_optional: bool,
}

impl Change {
    pub(crate) fn deletion() -> Self {
        Self { words: "deleted".to_owned(), attribute: String::new(), makes_callers_optional: false }
    }

    pub(crate) fn with_optional_callers(self) -> Self {
        Self { words: format!("{} with optional callers", self.words), makes_callers_optional: true, ..self }
    }

    pub(crate) fn is_deletion(&self) -> bool {
        self.attribute.is_empty()
    }

    fn to(attribute: &TokenStream) -> Self {
        let attribute = attribute.to_string();
        let spaces = [("# [", "#["), (" :: ", "::"), (" (", "("), (" =(", " = ("), (" ,", ",")];
        let words = spaces.iter().fold(attribute.clone(), |words, (wide, narrow)| words.replace(wide, narrow));
        Self { words, attribute, makes_callers_optional: false }
    }
}

/// `key = value`, in the order in which they stand.
type Arguments = Vec<MetaNameValue>;

/// What somebody could have who has nothing of what is asked for.
const ANOTHER_VALUE: &str = "Another";
const ANOTHER_ID: &str = "99999999-0000-4000-8000-000000000009";

const OPENID_SCOPES: [&str; 4] = ["openid", "profile", "email", "offline_access"];

/// Open to everyone.
pub(crate) fn public(attribute: &Attribute) -> Change {
    let mut path = attribute.path().clone();
    path.segments.last_mut().unwrap().ident = parse_quote! { public };
    Change::to(&quote! { #[#path] })
}

/// With one thing changed.
pub(crate) fn widenings(attribute: &Attribute) -> Vec<Change> {
    let arguments = arguments(attribute);
    let mut wider: Vec<Arguments> = (0..arguments.len()).flat_map(|place| wider_at(place, &arguments)).collect();
    if is_for_people_only(&arguments) {
        wider.push(with_applications(&arguments));
    }
    let with = |arguments: Arguments| {
        let arguments = with_people(arguments);
        let path = attribute.path();
        let list = (!arguments.is_empty()).then(|| quote! { (#(#arguments),*) });
        Change::to(&quote! { #[#path #list] })
    };
    wider.into_iter().map(with).collect()
}

fn wider_at(place: usize, arguments: &[MetaNameValue]) -> Vec<Arguments> {
    let MetaNameValue { path, value, .. } = &arguments[place];
    let with = |value: Option<Expr>| {
        let changed = value.map(|value| parse_quote! { #path = #value });
        [&arguments[..place], changed.as_slice(), &arguments[place + 1..]].concat()
    };
    wider(&path.to_token_stream().to_string(), value).into_iter().map(with).collect()
}

fn arguments(attribute: &Attribute) -> Arguments {
    if matches!(attribute.meta, Meta::Path(_)) {
        return Vec::new();
    }
    let arguments = attribute.parse_args_with(Punctuated::<MetaNameValue, Token![,]>::parse_terminated);
    arguments.unwrap().into_iter().collect()
}

/// Applications have no session, and come where a key names them.
fn is_for_people_only(arguments: &Arguments) -> bool {
    arguments.iter().all(|argument| {
        let value = argument.value.to_token_stream().to_string();
        let is_session = argument.path.is_ident("via") && value == "session";
        let names_applications = argument.path.is_ident("application_roles") || value.contains("application_role");
        !is_session && !names_applications
    })
}

/// The same, and applications that have another role.
fn with_applications(arguments: &[MetaNameValue]) -> Arguments {
    let allow = arguments.iter().position(|argument| argument.path.is_ident("allow"));
    let Some(place) = allow else {
        return [arguments, &[parse_quote! { application_roles = #ANOTHER_VALUE }]].concat();
    };
    let value = &arguments[place].value;
    let wider = parse_quote! { allow = (#value) || application_role(#ANOTHER_VALUE) };
    [&arguments[..place], &[wider], &arguments[place + 1..]].concat()
}

/// `application_roles` alone would shut people out, who were let in before.
fn with_people(mut arguments: Arguments) -> Arguments {
    let asks_people = |argument: &MetaNameValue| {
        let is_own = |scope: &Expr| !text(scope).is_some_and(|text| OPENID_SCOPES.contains(&text.as_str()));
        let has_own_scope = || elements(&argument.value).iter().flat_map(words).any(|scope| is_own(&scope));
        argument.path.is_ident("roles")
            || argument.path.is_ident("groups")
            || argument.path.is_ident("scopes") && has_own_scope()
    };
    if !arguments.iter().any(asks_people)
        && let Some(argument) = arguments.iter_mut().find(|argument| argument.path.is_ident("application_roles"))
    {
        let roles = elements(&argument.value);
        *argument = parse_quote! { allow = user() #(|| application_role(#roles))* };
    }
    arguments
}

/// The values of a key that ask for less; `None` leaves the key out.
fn wider(key: &str, value: &Expr) -> Vec<Option<Expr>> {
    let another = if matches!(key, "groups" | "tenants") { ANOTHER_ID } else { ANOTHER_VALUE };
    match key {
        "scopes" => one_scope_less(value),
        "via" | "check" => vec![None],
        "allow" => vec![None, Some(parse_quote! { (#value) || role(#another) })],
        "roles" | "groups" | "tenants" => [vec![None], wider_choice(value, another)].concat(),
        // Without the key no application gets in.
        "application_roles" => wider_choice(value, another),
        _ => panic!("say here how `{key}` is widened"),
    }
}

/// `"Admin"` → `any("Admin", "Another")`; of `all("A", "B")` each one less, too.
fn wider_choice(value: &Expr, another: &str) -> Vec<Option<Expr>> {
    let elements = elements(value);
    let mut wider = Vec::new();
    if elements.len() > 1 && matches!(value, Expr::Call(call) if call.func.to_token_stream().to_string() == "all") {
        wider.extend((0..elements.len()).map(|place| all(&without(&elements, place))));
    }
    wider.push(Some(parse_quote! { any(#(#elements,)* #another) }));
    wider
}

/// Scopes of OpenID Connect never refuse anyone.
fn one_scope_less(value: &Expr) -> Vec<Option<Expr>> {
    let scopes: Vec<Expr> = elements(value).iter().flat_map(words).collect();
    let is_own = |scope: &Expr| !text(scope).is_some_and(|text| OPENID_SCOPES.contains(&text.as_str()));
    let own = (0..scopes.len()).filter(|place| is_own(&scopes[*place]));
    own.map(|place| all(&without(&scopes, place))).collect()
}

fn without(elements: &[Expr], place: usize) -> Vec<Expr> {
    [&elements[..place], &elements[place + 1..]].concat()
}

fn all(elements: &[Expr]) -> Option<Expr> {
    (!elements.is_empty()).then(|| parse_quote! { all(#(#elements),*) })
}

/// The elements of `any(…)` and `all(…)`, or the value itself.
fn elements(value: &Expr) -> Vec<Expr> {
    match value {
        Expr::Call(ExprCall { args, .. }) => args.iter().cloned().collect(),
        single => vec![single.clone()],
    }
}

/// The names of a list in quotes; items are one each.
fn words(element: &Expr) -> Vec<Expr> {
    let Some(text) = text(element) else { return vec![element.clone()] };
    text.split_whitespace().map(|word| parse_quote! { #word }).collect()
}

fn text(element: &Expr) -> Option<String> {
    let Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) = element else { return None };
    Some(text.value())
}

#[test]
fn every_key_is_widened_in_every_way() {
    for (written, wider) in [
        ("", vec![r#"allow = user() || application_role("Another")"#]),
        ("via = session", vec![""]),
        ("via = bearer", vec!["", r#"via = bearer, allow = user() || application_role("Another")"#]),
        (
            r#"allow = role("A")"#,
            vec![
                "",
                r#"allow = (role("A")) || role("Another")"#,
                r#"allow = (role("A")) || application_role("Another")"#,
            ],
        ),
        (
            r#"scopes = "A", application_roles = "B""#,
            vec![
                r#"allow = user() || application_role("B")"#,
                r#"scopes = "A", application_roles = any("B", "Another")"#,
            ],
        ),
        (r#"via = session, scopes = "openid email""#, vec![r#"scopes = "openid email""#]),
        (
            r#"via = session, scopes = "openid A B""#,
            vec![
                r#"scopes = "openid A B""#,
                r#"via = session, scopes = all("openid", "B")"#,
                r#"via = session, scopes = all("openid", "A")"#,
            ],
        ),
        ("via = session, scopes = A", vec!["scopes = A", "via = session"]),
        (
            r#"roles = all("A", B), application_roles = C"#,
            vec![
                "allow = user() || application_role(C)",
                "roles = all(B), application_roles = C",
                r#"roles = all("A"), application_roles = C"#,
                r#"roles = any("A", B, "Another"), application_roles = C"#,
                r#"roles = all("A", B), application_roles = any(C, "Another")"#,
            ],
        ),
        (
            r#"tenants = any("A"), allow = application_role("A")"#,
            vec![
                r#"allow = application_role("A")"#,
                r#"tenants = any("A", "99999999-0000-4000-8000-000000000009"), allow = application_role("A")"#,
                r#"tenants = any("A")"#,
                r#"tenants = any("A"), allow = (application_role("A")) || role("Another")"#,
            ],
        ),
        (
            "check = a::b, groups = A, application_roles = B",
            vec![
                "groups = A, application_roles = B",
                "check = a::b, allow = user() || application_role(B)",
                r#"check = a::b, groups = any(A, "99999999-0000-4000-8000-000000000009"), application_roles = B"#,
                r#"check = a::b, groups = A, application_roles = any(B, "Another")"#,
            ],
        ),
    ] {
        let attribute = |arguments: &str| match arguments {
            "" => "#[protect]".to_owned(),
            arguments => format!("#[protect({arguments})]"),
        };
        let parsed = Attribute::parse_outer.parse_str(&attribute(written)).unwrap();
        let found: Vec<String> = widenings(&parsed[0]).into_iter().map(|change| change.words).collect();
        assert_eq!(found, wider.into_iter().map(attribute).collect::<Vec<_>>(), "{written}");
    }
}
