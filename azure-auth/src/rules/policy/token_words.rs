//! The tokens for other APIs that a row takes: in words for people, and as the lock file has them.

use std::fmt;

use azure_auth_policy::{RowAccess, separated};

use super::requirement_words::credentials;
use crate::model::downstream::need::Need;
use crate::model::downstream::permission::{Consent, PUBLIC_GRAPH, Permission, ResourceName};
use crate::model::policies::row::Row;

/// One token, or several of one API in the same hands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TakenToken {
    pub(crate) holder: Holder,
    pub(crate) resource: ResourceName,
    /// By name, each once. The program's own token has no names.
    pub(crate) permissions: Vec<Permission>,
}

/// For whom a program acts with a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Holder {
    /// For the person, without whose consent the handler does not run.
    Person,
    /// For the person, where there is one who consented.
    PersonIfAny,
    /// For itself.
    Program,
}

/// Everything that a row takes, by holder and by API.
pub(crate) fn taken(row: &Row) -> Vec<TakenToken> {
    let mut all: Vec<TakenToken> = Vec::new();
    for need in row.needs() {
        let Some(resource) = need.resource() else { continue };
        let holder = match need {
            Need::Person { is_optional: false, .. } => Holder::Person,
            Need::Person { is_optional: true, .. } => Holder::PersonIfAny,
            Need::Application(_) | Need::Nothing => Holder::Program,
        };
        let is_same = |token: &&mut TakenToken| token.holder == holder && token.resource == resource;
        match all.iter_mut().find(is_same) {
            Some(token) => token.permissions.extend(need.permissions()),
            None => all.push(TakenToken { holder, resource, permissions: need.permissions().to_vec() }),
        }
    }
    for token in &mut all {
        token.permissions.sort_unstable_by_key(|permission| permission.name);
        token.permissions.dedup_by_key(|permission| permission.name);
    }
    all.sort_unstable_by_key(|token| (token.holder, token.resource));
    all
}

impl TakenToken {
    /// Reports and the lock file say the same in whatever cloud a program runs.
    pub(crate) fn api(&self) -> &'static str {
        self.resource.uri(PUBLIC_GRAPH)
    }

    /// The names of its permissions, as far as they are agreed to by whom `is_wanted` wants.
    pub(crate) fn names(&self, is_wanted: impl Fn(Consent) -> bool) -> Vec<&'static str> {
        let wanted = self.permissions.iter().filter(|permission| is_wanted(permission.consent));
        wanted.map(|permission| permission.name).collect()
    }

    /// `Microsoft Graph: Mail.Read, for the person`.
    pub(crate) fn words(&self, access: &RowAccess<'_>) -> String {
        let api = match self.resource {
            ResourceName::Graph => "Microsoft Graph",
            ResourceName::Uri(uri) => uri,
        };
        // Who comes with a token is not asked: another program was given it, and may be given another one for it.
        let is_by_token = !credentials(access).contains(&"session") && credentials(access).contains(&"token");
        let holder = match self.holder {
            Holder::Person if is_by_token => "on behalf of the caller",
            Holder::Person => "for the person",
            Holder::PersonIfAny => "for the person if there is one",
            Holder::Program => "for the program itself",
        };
        let names: Vec<String> = self.permissions.iter().map(shown).collect();
        let separator = if names.is_empty() { "" } else { ": " };
        format!("{api}{separator}{}, {holder}", names.join(", "))
    }
}

/// Who must be asked before a person can use it is said where that is not the person.
fn shown(permission: &Permission) -> String {
    match permission.consent {
        Consent::Administrator => format!("{} (an administrator must agree)", permission.name),
        Consent::Person | Consent::Unknown => permission.name.to_owned(),
    }
}

/// As the lock file has it: `person("https://graph.microsoft.com/Mail.Read")`.
impl fmt::Display for TakenToken {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let api = self.api();
        let scope = |permission: &Permission| format!("{api}/{}", permission.name);
        let scopes: Vec<String> = self.permissions.iter().map(scope).collect();
        let (holder, of) = match self.holder {
            Holder::Person => ("person", scopes.join(" ")),
            Holder::PersonIfAny => ("person_if_any", scopes.join(" ")),
            Holder::Program => ("program", api.to_owned()),
        };
        write!(formatter, "{holder}({of:?})")
    }
}

/// Joins who may call a row and what it takes.
pub(crate) const TAKING: &str = " taking ";

/// The end of a line in the lock file; nothing where no token is taken.
pub(crate) struct Taking<'t>(pub(crate) &'t [TakenToken]);

impl fmt::Display for Taking<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return Ok(());
        }
        formatter.write_str(TAKING)?;
        separated(formatter, self.0, ", ")
    }
}

#[cfg(test)]
mod tests {
    use azure_auth_policy::{Choice, Via};

    use super::*;
    use crate::model::policies::declaration::Declaration;

    const MAIL: Permission = Permission::of_graph("Mail.Read", Consent::Person, None);
    const DIRECTORY: Permission = Permission::of_graph("Directory.Read.All", Consent::Administrator, None);
    const ORDERS: Permission = Permission::of("api://orders", "Orders.Read");

    const fn person(permissions: &'static [Permission]) -> Need {
        Need::Person { permissions, is_optional: false }
    }

    const NEEDS: &[Need] = &[
        person(&[ORDERS]),
        Need::Application(ResourceName::Graph),
        person(&[MAIL]),
        Need::Nothing,
        person(&[DIRECTORY, MAIL]),
        Need::Person { permissions: &[ORDERS], is_optional: true },
    ];

    fn row(declaration: Declaration) -> Row {
        Row::new("/mail", Some("GET".to_owned()), declaration)
    }

    fn words(declaration: Declaration) -> Vec<String> {
        let row = row(declaration);
        taken(&row).iter().map(|token| token.words(&row.access())).collect()
    }

    #[test]
    fn what_a_row_takes_is_told_by_holder_and_api() {
        assert_eq!(
            words(Declaration::protected("mail").downstream(NEEDS)),
            [
                "Microsoft Graph: Directory.Read.All (an administrator must agree), Mail.Read, for the person",
                "api://orders: Orders.Read, for the person",
                "api://orders: Orders.Read, for the person if there is one",
                "Microsoft Graph, for the program itself",
            ]
        );
        assert!(words(Declaration::protected("mail").downstream(&[Need::Nothing])).is_empty());
    }

    #[test]
    fn a_caller_who_comes_with_a_token_only_is_acted_for() {
        let mail = Declaration::protected("mail").downstream(const { &[person(&[MAIL])] });
        let roles = Choice::All(&["Jobs"]);
        for (declaration, expected) in [
            (mail, "for the person"),
            (mail.via(Via::Session), "for the person"),
            (mail.via(Via::Bearer), "on behalf of the caller"),
            (mail.via(Via::Bearer).roles(roles).application_roles(roles), "on behalf of the caller"),
        ] {
            assert_eq!(words(declaration), [format!("Microsoft Graph: Mail.Read, {expected}")]);
        }
    }

    #[test]
    fn a_guard_takes_tokens_for_everything_behind_it() {
        static GUARD: Declaration = Declaration::protected("guard").downstream(&[person(&[MAIL])]);
        let row = row(Declaration::protected("mail").downstream(const { &[person(&[DIRECTORY])] })).behind(&GUARD);
        let [token] = &taken(&row)[..] else { panic!("one token") };
        assert_eq!(token.names(|_| true), ["Directory.Read.All", "Mail.Read"]);
        assert_eq!(token.names(|consent| consent == Consent::Administrator), ["Directory.Read.All"]);
    }

    #[test]
    fn the_lock_file_names_scopes_whole() {
        let taking = |declaration| Taking(&taken(&row(declaration))).to_string();
        assert_eq!(
            taking(Declaration::protected("mail").downstream(NEEDS)),
            " taking person(\"https://graph.microsoft.com/Directory.Read.All https://graph.microsoft.com/Mail.Read\"), \
             person(\"api://orders/Orders.Read\"), person_if_any(\"api://orders/Orders.Read\"), \
             program(\"https://graph.microsoft.com\")"
        );
        assert_eq!(taking(Declaration::protected("mail")), "");
    }
}
