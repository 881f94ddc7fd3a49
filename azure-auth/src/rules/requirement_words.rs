//! A declaration in words, by the kind of credential: scopes limit clients and no sessions, applications need roles of
//! their own.

use std::fmt;

use crate::model::declaration::Access;
use crate::model::requirement::{Choice, Requirement, Via, separated};

/// `session: any signed-in user; token: scope Files.Read`.
pub(crate) fn words(access: &Access) -> String {
    match access {
        Access::Public { .. } => "anyone".to_owned(),
        Access::Protected(requirement) => of_each_kind(requirement),
    }
}

/// The credentials that are accepted.
pub(crate) fn credentials(access: &Access) -> Vec<&'static str> {
    let Access::Protected(requirement) = access else { return vec!["none"] };
    let kinds = [
        ("session", requirement.admits_people() && requirement.via != Some(Via::Bearer)),
        ("token", requirement.admits_people() && requirement.via != Some(Via::Session)),
        ("application", admits_applications(requirement)),
    ];
    kinds.into_iter().filter(|(_, is_accepted)| *is_accepted).map(|(kind, _)| kind).collect()
}

fn of_each_kind(requirement: &Requirement) -> String {
    let Requirement { openid_scopes: _, scopes, roles, groups, application_roles, tenants: _, via, allow: _, check: _ } =
        requirement;
    let scopes = (!scopes.is_empty()).then_some(Choice::All(scopes));
    let person = [roles.as_ref().map(|roles| named("role", roles)), groups.as_ref().map(|ids| named("group", ids))];
    let client = [vec![scopes.as_ref().map(|scopes| named("scope", scopes))], person.to_vec()].concat();
    let application = [application_roles.as_ref().map(|roles| named("application role", roles))];

    let session = joined(&person, requirement, "any signed-in user");
    let token = joined(&client, requirement, "any signed-in user");
    let mut parts = match via {
        _ if !requirement.admits_people() => Vec::new(),
        Some(Via::Session) => vec![format!("session: {session}")],
        Some(Via::Bearer) => vec![format!("token: {token}")],
        None if session == token => vec![format!("session or token: {session}")],
        None => vec![format!("session: {session}"), format!("token: {token}")],
    };
    if admits_applications(requirement) {
        parts.push(format!("application: {}", joined(&application, requirement, "any")));
    }
    parts.join("; ")
}

fn admits_applications(requirement: &Requirement) -> bool {
    requirement.admits_applications() && requirement.via != Some(Via::Session)
}

/// What is asked of one kind, and what is asked of all of them.
fn joined(own: &[Option<String>], requirement: &Requirement, otherwise: &str) -> String {
    let tenants = (!requirement.tenants.is_empty()).then_some(Choice::Any(requirement.tenants));
    let of_all = [
        tenants.as_ref().map(|tenants| named("tenant", tenants)),
        requirement.allow.map(|policy| format!("policy {policy}")),
        requirement.check.map(|check| format!("check {check}")),
    ];
    let parts: Vec<&str> = own.iter().chain(&of_all).flatten().map(String::as_str).collect();
    if parts.is_empty() { otherwise.to_owned() } else { parts.join(" and ") }
}

/// `role Admin`, `any role of Admin, Writer`.
fn named<T: fmt::Display>(noun: &str, choice: &Choice<T>) -> String {
    match choice {
        Choice::Any([one]) | Choice::All([one]) => format!("{noun} {one}"),
        Choice::Any(names) => format!("any {noun} of {}", List(names)),
        Choice::All(names) => format!("every {noun} of {}", List(names)),
    }
}

/// `a, b`.
struct List<'n, T>(&'n [T]);

impl<T: fmt::Display> fmt::Display for List<'_, T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        separated(formatter, self.0, ", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::declaration_text::read;

    #[test]
    fn a_declaration_is_told_by_the_kind_of_credential() {
        for (declaration, expected, accepted) in [
            ("public", "anyone", "none"),
            ("protect", "session or token: any signed-in user", "session token"),
            ("protect(via = session)", "session: any signed-in user", "session"),
            ("protect(via = bearer)", "token: any signed-in user", "token"),
            (
                "protect(scopes = \"Files.Read\")",
                "session: any signed-in user; token: scope Files.Read",
                "session token",
            ),
            (
                "protect(scopes = \"A B\", roles = any(\"C\", \"D\"))",
                "session: any role of C, D; token: every scope of A, B and any role of C, D",
                "session token",
            ),
            (
                "protect(roles = all(\"C\", \"D\"), application_roles = \"E\")",
                "session or token: every role of C, D; application: application role E",
                "session token application",
            ),
            ("protect(application_roles = \"E\")", "application: application role E", "application"),
            (
                "protect(groups = \"00000000-0000-0000-0000-000000000001\", tenants = \
                 \"00000000-0000-0000-0000-000000000002\")",
                "session or token: group 00000000-0000-0000-0000-000000000001 and tenant \
                 00000000-0000-0000-0000-000000000002",
                "session token",
            ),
            (
                "protect(via = bearer, allow = role(\"A\") || application_role(\"B\"), check = hours)",
                "token: policy (role(\"A\") || application_role(\"B\")) and check hours; application: policy (role(\"A\") || \
                 application_role(\"B\")) and check hours",
                "token application",
            ),
        ] {
            let access = read(declaration).unwrap();
            assert_eq!(words(&access), expected, "{declaration}");
            assert_eq!(credentials(&access).join(" "), accepted, "{declaration}");
        }
    }
}
