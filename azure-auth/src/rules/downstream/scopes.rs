//! The scopes that stand for permissions of other APIs, and whether those that were granted are enough.

use crate::model::downstream::need::Need;
use crate::model::downstream::permission::{DEFAULT, Permission, ResourceName};

/// What is needed of one API for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ResourceScopes {
    pub(crate) resource: ResourceName,
    /// As scopes name it.
    pub(crate) uri: String,
    /// Names of permissions, sorted, each once.
    pub(crate) names: Vec<&'static str>,
}

/// The scope for a permission of an API. One whose address ends with a slash has two of them:
/// `https://management.azure.com//.default`.
pub(crate) fn scope(resource_uri: &str, name: &str) -> String {
    format!("{resource_uri}/{name}")
}

/// The same for several.
pub(crate) fn of(resource_uri: &str, names: &[impl AsRef<str>]) -> Vec<String> {
    names.iter().map(|name| scope(resource_uri, name.as_ref())).collect()
}

/// What these needs come to for people, by API and sorted by its address. `graph`: as scopes name Microsoft Graph.
pub(crate) fn by_resource(needs: &[Need], graph: &str) -> Vec<ResourceScopes> {
    let mut found: Vec<ResourceScopes> = Vec::new();
    for permission in needs.iter().flat_map(Need::permissions) {
        let uri = permission.resource.uri(graph);
        match found.iter_mut().find(|scopes| scopes.uri == uri) {
            Some(scopes) => scopes.names.push(permission.name),
            None => found.push(ResourceScopes {
                resource: permission.resource,
                uri: uri.to_owned(),
                names: vec![permission.name],
            }),
        }
    }
    for scopes in &mut found {
        scopes.names = joined(std::mem::take(&mut scopes.names));
    }
    found.sort_unstable_by(|one, other| one.uri.cmp(&other.uri));
    found
}

/// Names of one API as they are asked for together, each once.
pub(crate) fn joined<N: AsRef<str> + Ord>(mut names: Vec<N>) -> Vec<N> {
    // Entra refuses a request with both, and what was agreed to includes what registrations list.
    if names.iter().any(|name| name.as_ref() == DEFAULT) {
        names.retain(|name| name.as_ref() == DEFAULT);
    }
    names.sort_unstable();
    names.dedup();
    names
}

/// Whether all of these permissions are among the names that were granted. Providers write names as they are registered, so
/// that case decides nothing.
pub(crate) fn covers(granted: &[String], permissions: &[Permission]) -> bool {
    permissions.iter().all(|permission| is_among(granted, permission.name))
}

/// The same for one name.
pub(crate) fn is_among(granted: &[String], name: &str) -> bool {
    // Mostly they are the same text, which is found out sooner.
    granted.iter().any(|found| found == name || found.eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::downstream::permission::Consent;

    const GRAPH: &str = "https://graph.microsoft.com";
    const MAIL: Permission = Permission::of_graph("Mail.Read", Consent::Person, None);
    const USER: Permission = Permission::of_graph("User.Read", Consent::Person, None);
    const EVERYTHING: Permission = Permission::of("https://management.azure.com/", DEFAULT);
    const ORDERS: Permission = Permission::of("api://orders", "Orders.Read");
    const SPELT_OUT: Permission = Permission::of(GRAPH, "Mail.Read");

    const fn person(permissions: &'static [Permission]) -> Need {
        Need::Person { permissions, is_optional: false }
    }

    fn texts(needs: &[Need]) -> Vec<String> {
        let of_api = |api: &ResourceScopes| api.names.iter().map(|name| scope(&api.uri, name)).collect::<Vec<_>>();
        by_resource(needs, GRAPH).iter().flat_map(of_api).collect()
    }

    #[test]
    fn needs_are_joined_by_api() {
        assert_eq!(texts(&[]), Vec::<String>::new());
        assert_eq!(texts(&[Need::Nothing, Need::Application(ResourceName::Graph)]), Vec::<String>::new());
        let needs = [
            person(&[USER]),
            Need::Person { permissions: &[ORDERS], is_optional: true },
            person(&[MAIL, USER]),
            person(&[SPELT_OUT]),
            person(&[EVERYTHING]),
        ];
        assert_eq!(
            texts(&needs),
            [
                "api://orders/Orders.Read",
                "https://graph.microsoft.com/Mail.Read",
                "https://graph.microsoft.com/User.Read",
                "https://management.azure.com//.default",
            ]
        );
        assert_eq!(by_resource(&[person(&[MAIL])], "https://graph.microsoft.us")[0].uri, "https://graph.microsoft.us");
    }

    #[test]
    fn nothing_is_asked_for_beside_what_was_agreed_to() {
        const LISTED: Permission = Permission::of("https://management.azure.com/", "user_impersonation");
        let needs = [person(&[LISTED]), person(&[EVERYTHING]), person(&[MAIL])];
        assert_eq!(texts(&needs), ["https://graph.microsoft.com/Mail.Read", "https://management.azure.com//.default"]);
    }

    #[test]
    fn permissions_are_covered_whatever_their_case_and_only_whole() {
        let granted = ["mail.read", "User.Read"].map(ToOwned::to_owned);
        for (permissions, expected) in [
            (&[][..], true),
            (&[MAIL], true),
            (&[USER, MAIL], true),
            (&[USER, ORDERS], false),
            (&[EVERYTHING], false),
            (&[Permission::of_graph("Mail.ReadWrite", Consent::Person, None)], false),
            (&[Permission::of_graph("Mail", Consent::Person, None)], false),
        ] {
            assert_eq!(covers(&granted, permissions), expected, "{permissions:?}");
        }
        assert!(!covers(&[], &[USER]));
        assert!(covers(&[DEFAULT.to_owned()], &[EVERYTHING]));
    }
}
