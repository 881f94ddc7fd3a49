//! A declaration in words, by the kind of credential: scopes limit clients and no sessions, applications need roles of
//! their own.

use std::fmt;

use azure_auth_policy::{Choice, Requirement, RowAccess, Via, separated};

/// `session: any signed-in user; token: scope Files.Read`.
pub(crate) fn words(access: &RowAccess<'_>) -> String {
    match access {
        RowAccess::Public { .. } => "anyone".to_owned(),
        RowAccess::Protected(requirements) => of_each_kind(requirements),
    }
}

/// The credentials that are accepted.
pub(crate) fn credentials(access: &RowAccess<'_>) -> Vec<&'static str> {
    match access {
        RowAccess::Public { .. } => vec!["none"],
        RowAccess::Protected(requirements) => {
            let accepted = Kind::ALL.into_iter().filter(|kind| kind.is_accepted(requirements));
            accepted.map(Kind::word).collect()
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Session,
    Token,
    Application,
}

impl Kind {
    const ALL: [Self; 3] = [Self::Session, Self::Token, Self::Application];

    fn word(self) -> &'static str {
        match self {
            Self::Session => "session",
            Self::Token => "token",
            Self::Application => "application",
        }
    }

    /// By every guard.
    fn is_accepted(self, requirements: &[Requirement<'_>]) -> bool {
        requirements.iter().all(|requirement| match self {
            Self::Session => requirement.admits_people() && requirement.via != Some(Via::Bearer),
            Self::Token => requirement.admits_people() && requirement.via != Some(Via::Session),
            Self::Application => requirement.admits_applications() && requirement.via != Some(Via::Session),
        })
    }

    /// What one guard asks of it.
    fn parts(self, requirement: &Requirement<'_>) -> Vec<String> {
        let Requirement { openid_scopes: _, scopes, roles, groups, application_roles, tenants, via: _, allow, check } =
            requirement;
        let scopes = (!scopes.is_empty()).then_some(Choice::All(scopes));
        let tenants = (!tenants.is_empty()).then_some(Choice::Any(tenants));
        let scope = scopes.as_ref().map(|scopes| named("scope", scopes));
        let role = roles.as_ref().map(|roles| named("role", roles));
        let group = groups.as_ref().map(|groups| named("group", groups));
        let own = match self {
            Self::Session => vec![role, group],
            Self::Token => vec![scope, role, group],
            Self::Application => vec![application_roles.as_ref().map(|roles| named("application role", roles))],
        };
        let of_all = [
            tenants.as_ref().map(|tenants| named("tenant", tenants)),
            allow.map(|policy| format!("policy {policy}")),
            check.map(|check| format!("check {check}")),
        ];
        own.into_iter().chain(of_all).flatten().collect()
    }

    /// What all guards ask of it, each thing once.
    fn words(self, requirements: &[Requirement<'_>]) -> String {
        let mut parts: Vec<String> = Vec::new();
        for part in requirements.iter().flat_map(|requirement| self.parts(requirement)) {
            if !parts.contains(&part) {
                parts.push(part);
            }
        }
        let otherwise = if self == Self::Application { "any" } else { "any signed-in user" };
        if parts.is_empty() { otherwise.to_owned() } else { parts.join(" and ") }
    }
}

fn of_each_kind(requirements: &[Requirement<'_>]) -> String {
    let of = |kind: Kind| kind.is_accepted(requirements).then(|| kind.words(requirements));
    let mut parts = match (of(Kind::Session), of(Kind::Token)) {
        (Some(session), Some(token)) if session == token => vec![format!("session or token: {session}")],
        (session, token) => {
            let session = session.map(|words| format!("session: {words}"));
            session.into_iter().chain(token.map(|words| format!("token: {words}"))).collect()
        }
    };
    parts.extend(of(Kind::Application).map(|words| format!("application: {words}")));
    // Guards that exclude each other.
    if parts.is_empty() { "nobody".to_owned() } else { parts.join("; ") }
}

/// `role Admin`, `any role of Admin, Writer`.
fn named<T: fmt::Display>(noun: &str, choice: &Choice<'_, T>) -> String {
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
    use azure_auth_policy::Arena;

    use super::*;

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
            (
                "protect(roles = \"A\") and protect(scopes = \"B\", roles = \"A\", application_roles = \"C\")",
                "session: role A; token: role A and scope B",
                "session token",
            ),
            (
                "protect(roles = \"A\", application_roles = \"B\") and protect(application_roles = \"C\")",
                "application: application role B and application role C",
                "application",
            ),
            ("protect and protect", "session or token: any signed-in user", "session token"),
            ("protect(via = session) and protect(scopes = \"A\")", "session: any signed-in user", "session"),
            ("protect(via = session) and protect(via = bearer)", "nobody", ""),
            ("protect(roles = \"A\") and protect(application_roles = \"B\")", "nobody", ""),
        ] {
            let arena = Arena::default();
            let access = RowAccess::read(declaration, &arena).unwrap();
            assert_eq!(words(&access), expected, "{declaration}");
            assert_eq!(credentials(&access).join(" "), accepted, "{declaration}");
        }
    }
}
