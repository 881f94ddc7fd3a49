//! What a client of the Azure SDK asks for, and which declared permissions that comes to.

use azure_auth_policy::Guid;
use thiserror::Error;

use crate::model::downstream::need::Need;
use crate::model::downstream::permission::{DEFAULT, Permission};
use crate::model::json::printable;
use crate::rules::downstream::scopes;

/// Scopes of one API, as its client writes them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SdkScopes<'s> {
    /// The API, without the slash before the name.
    pub(crate) api: &'s str,
    names: Vec<&'s str>,
}

/// Why a client of the Azure SDK gets no token, whoever it works for, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(crate) enum SdkScopesError {
    #[error("found no scope, expected one; the client of the SDK must ask for `<API>/.default`")]
    Nothing,
    /// Usual cause: a scope of OpenID Connect.
    #[error("found the scope `{scope}`, expected one of an API; the client of the SDK must ask for `<API>/.default`")]
    NoApi { scope: String },
    #[error("found scopes of `{one}` and of `{other}`, expected those of one API; make a client for each of them")]
    SeveralApis { one: String, other: String },
    /// Usual cause: the handler has the client, and does not say so in its declaration.
    #[error(
        "found the scope `{scope}`, expected one of an API that is declared; write `downstream = …` with a permission of this \
         API into the handler's `protect`, so that people are asked and reviewers see it"
    )]
    Undeclared { scope: String },
    /// Usual cause: a client that is meant for people.
    #[error(
        "found the scope `{scope}` for the program itself, expected `<API>/.default`; give the client the credential of a \
         person (`Principal::token_credential`), or a permission that applications can have"
    )]
    NotDefault { scope: String },
    /// Usual cause: addresses of APIs that somebody else writes.
    #[error(
        "found more than {most} APIs that this program asked for, expected fewer; make clients for addresses that you know"
    )]
    TooManyApis { most: usize },
}

impl<'s> SdkScopes<'s> {
    /// Of the texts `<API>/<name>`, all of one API.
    pub(crate) fn read(scopes: &[&'s str]) -> Result<Self, SdkScopesError> {
        let mut found: Option<Self> = None;
        for scope in scopes {
            let (api, name) = parts(scope).ok_or_else(|| SdkScopesError::NoApi { scope: printable(scope) })?;
            let scopes = found.get_or_insert_with(|| Self { api, names: Vec::new() });
            if !is_same(scopes.api, api) {
                return Err(SdkScopesError::SeveralApis { one: printable(scopes.api), other: printable(api) });
            }
            scopes.names.push(name);
        }
        found.ok_or(SdkScopesError::Nothing)
    }

    /// Which of these needs it comes to: everything that is declared for the API, or what is asked for by name. Now they are
    /// demanded, whatever handlers run without. None: they do not declare it. `graph`: as scopes name Microsoft Graph.
    pub(crate) fn declared_in(&self, needs: &[Need], graph: &str) -> Option<Vec<Need>> {
        let is_of_api = |need: &&Need| need.resource().is_some_and(|resource| is_same(resource.uri(graph), self.api));
        let of_people = needs.iter().filter(|need| !need.permissions().is_empty()).filter(is_of_api).copied();
        let of_people: Vec<Need> = of_people.collect();
        let (demanded, optional): (Vec<Need>, Vec<Need>) =
            of_people.iter().partition(|need| !need.demanded().is_empty());
        let found = if self.names.contains(&DEFAULT) {
            // What a handler runs without is not demanded for a client that asks for everything.
            if demanded.is_empty() { optional } else { demanded }
        } else {
            let names = |need: &Need, name: &str| need.permissions().iter().any(|one| is_named(one, name));
            if !self.names.iter().all(|name| of_people.iter().any(|need| names(need, name))) {
                return None;
            }
            of_people.into_iter().filter(|need| self.names.iter().any(|name| names(need, name))).collect()
        };
        let demanded = |need: Need| Need::Person { permissions: need.permissions(), is_optional: false };
        (!found.is_empty()).then(|| found.into_iter().map(demanded).collect())
    }

    /// Whether the program itself may ask for it: it gets whatever it was given, and nothing by name.
    pub(crate) fn check_default(&self) -> Result<(), SdkScopesError> {
        match self.names.iter().find(|name| **name != DEFAULT) {
            Some(name) => Err(SdkScopesError::NotDefault { scope: printable(&scopes::scope(self.api, name)) }),
            None => Ok(()),
        }
    }

    /// That nothing declares it.
    pub(crate) fn undeclared(&self) -> SdkScopesError {
        let name = self.names.first().unwrap_or(&DEFAULT);
        SdkScopesError::Undeclared { scope: printable(&scopes::scope(self.api, name)) }
    }
}

/// More has no scope of an API.
const MOST_BYTES: usize = 512;

/// An address or a GUID, and what stands after the last slash.
fn parts(scope: &str) -> Option<(&str, &str)> {
    let (api, name) = scope.rsplit_once('/')?;
    let is_address = api.split_once("://").is_some_and(|(scheme, rest)| !scheme.is_empty() && !rest.is_empty());
    let is_api = is_address || api.parse::<Guid>().is_ok();
    let is_plain = scope.len() <= MOST_BYTES && scope.bytes().all(|byte| byte.is_ascii_graphic());
    (is_api && is_plain && !name.is_empty()).then_some((api, name))
}

/// Clients write the address of an API with a slash at its end, where the API is declared without, and the other way round.
fn is_same(one: &str, other: &str) -> bool {
    one.strip_suffix('/').unwrap_or(one) == other.strip_suffix('/').unwrap_or(other)
}

fn is_named(permission: &Permission, name: &str) -> bool {
    permission.name.eq_ignore_ascii_case(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::downstream::permission::{Consent, ResourceName};

    const GRAPH: &str = "https://graph.microsoft.com";
    const STORAGE: Permission = Permission::of("https://storage.azure.com", "user_impersonation");
    const MANAGEMENT: Permission = Permission::of("https://management.azure.com/", "user_impersonation");
    const MAIL: Permission = Permission::of_graph("Mail.Read", Consent::Person, None);
    const USER: Permission = Permission::of_graph("User.Read", Consent::Person, None);

    const BLOBS: Need = Need::Person { permissions: &[STORAGE], is_optional: false };
    const ACCOUNTS: Need = Need::Person { permissions: &[MANAGEMENT], is_optional: false };
    const PERSON: Need = Need::Person { permissions: &[USER], is_optional: false };
    const PERHAPS_MAIL: Need = Need::Person { permissions: &[MAIL], is_optional: true };
    const MAIL_NOW: Need = Need::Person { permissions: &[MAIL], is_optional: false };
    const OWN: Need = Need::Application(ResourceName::Uri("https://vault.azure.net"));
    const NEEDS: &[Need] = &[Need::Nothing, BLOBS, ACCOUNTS, PERSON, PERHAPS_MAIL, OWN];

    fn declared(scopes: &[&str], needs: &[Need]) -> Option<Vec<Need>> {
        SdkScopes::read(scopes).unwrap().declared_in(needs, GRAPH)
    }

    #[test]
    fn clients_get_what_is_declared_for_their_api() {
        for (scopes, expected) in [
            (&["https://storage.azure.com/.default"][..], Some(vec![BLOBS])),
            (&["https://storage.azure.com//.default"], Some(vec![BLOBS])),
            (&["https://storage.azure.com/user_impersonation"], Some(vec![BLOBS])),
            (&["https://storage.azure.com/User_Impersonation"], Some(vec![BLOBS])),
            (&["https://storage.azure.com/Blobs.Read"], None),
            (&["https://storage.azure.com/user_impersonation", "https://storage.azure.com/Blobs.Read"], None),
            (&["https://management.azure.com/.default"], Some(vec![ACCOUNTS])),
            (&["https://management.azure.com//.default"], Some(vec![ACCOUNTS])),
            (&["https://graph.microsoft.com/.default"], Some(vec![PERSON])),
            (&["https://graph.microsoft.com/Mail.Read"], Some(vec![MAIL_NOW])),
            (
                &["https://graph.microsoft.com/Mail.Read", "https://graph.microsoft.com/User.Read"],
                Some(vec![PERSON, MAIL_NOW]),
            ),
            (&["https://graph.microsoft.us/.default"], None),
            (&["https://vault.azure.net/.default"], None),
            (&["https://storage.azure.com.example/.default"], None),
            (&["https://account.storage.azure.com/.default"], None),
            (&["https://storage.azure.com/x/.default"], None),
            (&["http://storage.azure.com/.default"], None),
        ] {
            assert_eq!(declared(scopes, NEEDS), expected, "{scopes:?}");
        }
        assert_eq!(declared(&["https://storage.azure.com/.default"], &[]), None);
        assert_eq!(declared(&["https://graph.microsoft.com/.default"], &[PERHAPS_MAIL]), Some(vec![MAIL_NOW]));
    }

    #[test]
    fn what_is_not_the_scope_of_one_api_is_refused_with_the_reason() {
        let no_api = |scope: &str| SdkScopesError::NoApi { scope: scope.to_owned() };
        let long = format!("https://{}/.default", "a".repeat(MOST_BYTES));
        for (scopes, expected) in [
            (&[][..], SdkScopesError::Nothing),
            (&["openid"], no_api("openid")),
            (&["User.Read"], no_api("User.Read")),
            (&["storage.azure.com/.default"], no_api("storage.azure.com/.default")),
            (&["https://storage.azure.com/"], no_api("https://storage.azure.com/")),
            (&[":///.default"], no_api(":///.default")),
            (&["https://storage.azure.com/.default openid"], no_api("https://storage.azure.com/.defaultopenid")),
            (&["https://storage.azure.com\r\n/.default"], no_api("https://storage.azure.com/.default")),
            (&[long.as_str()], no_api(&long[..200])),
            (
                &["https://storage.azure.com/.default", "https://vault.azure.net/.default"],
                SdkScopesError::SeveralApis {
                    one: "https://storage.azure.com".to_owned(),
                    other: "https://vault.azure.net".to_owned(),
                },
            ),
        ] {
            assert_eq!(SdkScopes::read(scopes), Err(expected), "{scopes:?}");
        }
        let undeclared = SdkScopes::read(&["https://vault.azure.net/.default"]).unwrap().undeclared();
        assert!(undeclared.to_string().contains("`https://vault.azure.net/.default`"), "{undeclared}");
        let scope = "https://storage.azure.com/.default";
        assert_eq!(SdkScopes::read(&["00000003-0000-0000-c000-000000000000/.default"]).unwrap().api.len(), 36);
        assert_eq!(SdkScopes::read(&[scope, scope]).unwrap().api, "https://storage.azure.com");
    }

    #[test]
    fn the_program_asks_for_everything_it_was_given_and_nothing_by_name() {
        let check = |scope| SdkScopes::read(&[scope]).unwrap().check_default();
        assert_eq!(check("https://vault.azure.net/.default"), Ok(()));
        let scope = "https://vault.azure.net/user_impersonation";
        assert_eq!(check(scope), Err(SdkScopesError::NotDefault { scope: scope.to_owned() }));
    }
}
