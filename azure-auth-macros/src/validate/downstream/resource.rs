//! Rules about an API, and about one permission of it.

use azure_auth_policy::Guid;
use azure_auth_policy::permission_value::{self, LONGEST, ValueProblem};

use crate::diagnostics::shown;
use crate::graph::{self, Holder};
use crate::model::downstream::{Consent, DEFAULT, Permission, Resource};

/// What is wrong, and the remedy.
pub(super) type Mistake = (String, String);

/// The API that a text names. `shown` writes the remedy around another text.
pub(super) fn resource(text: &str, shown: impl Fn(&str) -> String) -> Result<Resource, Mistake> {
    if text == graph::ADDRESS {
        return Ok(Resource::Graph);
    }
    let without = text.trim_end_matches('/');
    if without != text && is_api(without) {
        let message = format!("the API `{text}` ends in a slash");
        return Err((message, format!("write `{}`: its last slash goes before the permission", shown(without))));
    }
    if graph::is_other_name(text) {
        let message = format!("`{text}` is Microsoft Graph, whose address follows the cloud of the authority");
        return Err((message, format!("write `{}`, which stands for it in every cloud", shown(graph::ADDRESS))));
    }
    if text.strip_prefix(graph::ADDRESS).is_some_and(|rest| rest.starts_with('/')) {
        let message = format!("`{text}` is an address of Microsoft Graph with a path");
        return Err((
            message,
            format!("write `{}`: a permission is for every version and path", shown(graph::ADDRESS)),
        ));
    }
    if is_api(text) && without == text {
        return Ok(Resource::Uri(text.to_owned()));
    }
    let example = shown("api://<client id>");
    Err((
        format!("`{text}` is not an API: it is neither a URI nor a client id"),
        format!("write its application id URI, as in `{example}`"),
    ))
}

fn is_api(text: &str) -> bool {
    let is_uri = text.split_once("://").is_some_and(|(scheme, rest)| !scheme.is_empty() && !rest.is_empty());
    is_uri || Guid::parse(text).is_some()
}

/// A permission by its name alone. `is_declared`: in `app!`, where names stand that the published list does not know.
pub(super) fn permission(resource: &Resource, name: &str, is_declared: bool) -> Result<Permission, Mistake> {
    let permission = |consent, id| Ok(Permission { resource: resource.clone(), name: name.to_owned(), consent, id });
    if name == DEFAULT {
        return permission(Consent::Unknown, None);
    }
    if let Some((found, _)) = permission_value::problem(name) {
        return Err(value(name, found));
    }
    if *resource != Resource::Graph {
        return permission(Consent::Unknown, None);
    }
    match graph::published(name).filter(|published| published.name == name) {
        Some(published) => match published.holder {
            Holder::Person => permission(Consent::Person, published.id),
            Holder::PersonByAdministrator => permission(Consent::Administrator, published.id),
            Holder::Application => Err((
                format!("`{name}` is a permission that only applications can have"),
                "take the program's own token: `ApplicationToken<azure_auth::graph::Resource>`".to_owned(),
            )),
        },
        None if is_declared => permission(Consent::Unknown, None),
        None => Err(unpublished(name)),
    }
}

fn unpublished(name: &str) -> Mistake {
    let Some(meant) = graph::meant(name) else {
        return (
            format!("Microsoft Graph has no permission `{name}`, in the list of {}", graph::PUBLISHED),
            format!(
                "if it is newer, declare it in `azure_auth::app!`: `downstream: {{ graph_new({:?}) {{ … }} }}`",
                graph::ADDRESS
            ),
        );
    };
    (
        format!("Microsoft Graph has no permission `{name}`; did you mean `{meant}`?"),
        format!("write `{}/{meant}`", graph::ADDRESS),
    )
}

/// A name that Entra would refuse.
fn value(name: &str, found: ValueProblem) -> Mistake {
    match found {
        ValueProblem::Empty => (
            "the name of the permission is missing".to_owned(),
            format!("write it as the API defines it, or `{DEFAULT}`"),
        ),
        ValueProblem::Character { found } => (
            format!("a permission cannot contain `{}`", shown::letter(found)),
            "names are printable ASCII without spaces, quotes and backslashes".to_owned(),
        ),
        ValueProblem::LeadingDot => (
            format!("`{name}` begins with a dot, which only `{DEFAULT}` does"),
            format!("write `{DEFAULT}` for every permission that was agreed to, or the name without the dot"),
        ),
        ValueProblem::TooLong { found } => (
            format!("the name of the permission has {found} characters"),
            format!("shorten it: Entra accepts at most {LONGEST}"),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Resource, Mistake> {
        resource(text, str::to_owned)
    }

    #[test]
    fn an_api_is_named_by_a_uri_or_an_id() {
        for text in [
            "api://11111111-aaaa-4bbb-8ccc-222222222222",
            "https://storage.azure.com",
            "https://contoso.example/orders",
            "11111111-aaaa-4bbb-8ccc-222222222222",
        ] {
            assert_eq!(read(text), Ok(Resource::Uri(text.to_owned())));
        }
        assert_eq!(read("https://graph.microsoft.com"), Ok(Resource::Graph));
    }

    #[test]
    fn what_is_not_the_name_of_an_api_is_said_with_its_remedy() {
        for (text, remedy) in [
            ("orders", "api://<client id>"),
            ("", "api://<client id>"),
            ("://", "api://<client id>"),
            ("https://management.azure.com/", "https://management.azure.com"),
            ("https://graph.microsoft.com/v1.0", "https://graph.microsoft.com"),
            ("https://graph.microsoft.us", "https://graph.microsoft.com"),
            ("00000003-0000-0000-c000-000000000000", "https://graph.microsoft.com"),
        ] {
            let (_, help) = read(text).unwrap_err();
            assert!(help.contains(&format!("`{remedy}`")), "{text}: {help}");
        }
    }

    #[test]
    fn permissions_of_graph_are_those_that_are_published_for_people() {
        let of_graph = |name, is_declared| permission(&Resource::Graph, name, is_declared);
        let consent = |name| of_graph(name, false).map(|found| (found.consent, found.id.is_some())).ok();
        assert_eq!(consent("Mail.Read"), Some((Consent::Person, true)));
        assert_eq!(consent("Directory.Read.All"), Some((Consent::Administrator, true)));
        assert_eq!(consent(".default"), Some((Consent::Unknown, false)));
        for name in ["Mail.Raed", "mail.read", "Books.Read"] {
            assert!(of_graph(name, false).is_err(), "{name}");
            assert_eq!(of_graph(name, true).map(|found| found.consent), Ok(Consent::Unknown), "{name}");
        }
        for is_declared in [false, true] {
            assert!(of_graph("Teamwork.Migrate.All", is_declared).unwrap_err().1.contains("ApplicationToken"));
        }
    }

    #[test]
    fn of_other_apis_any_name_counts_that_entra_takes() {
        let api = Resource::Uri("api://orders".to_owned());
        for (name, is_right) in
            [("Orders.Read", true), (".default", true), ("", false), (".all", false), ("a b", false), ("é", false)]
        {
            assert_eq!(permission(&api, name, false).is_ok(), is_right, "{name}");
        }
        assert!(permission(&api, &"x".repeat(LONGEST + 1), false).is_err());
    }
}
