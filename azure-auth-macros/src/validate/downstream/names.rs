//! Permissions in quotes: names with their API in front, separated by spaces or line breaks.

use std::ops::Range;

use syn::LitStr;

use super::resource::{self, Mistake};
use crate::diagnostics::{LiteralText, Problem, Problems};
use crate::graph;
use crate::model::downstream::{DEFAULT, Permission, Resource, Taken};
use crate::scope_list::{self, OPENID_SCOPES, Scope};

/// What was read, in order, with one token for each API.
#[derive(Default)]
pub(super) struct Written {
    pub(super) taken: Vec<Taken>,
}

impl Written {
    /// Reads one text; every mistake, not only the first.
    pub(super) fn read(&mut self, literal: &LitStr, problems: &mut Problems) {
        let text = LiteralText::new(literal);
        let names: Vec<Scope<'_>> = scope_list::names(text.value()).collect();
        if let Some(comma) = text.value().find(',') {
            let with_spaces = names.iter().map(|scope| scope.name).collect::<Vec<_>>().join(" ");
            let mistake = (
                "permissions are separated by spaces, not by commas".to_owned(),
                format!("write `downstream = {with_spaces:?}`"),
            );
            problems.add(at(&text, comma..comma + 1, mistake));
        }
        for Scope { name, bytes } in &names {
            let added = permission(name).and_then(|permission| self.add(permission, name));
            if let Err(mistake) = added {
                problems.add(at(&text, bytes.clone(), mistake));
            }
        }
        if names.is_empty() {
            let problem = Problem::new(literal.span(), "the list of permissions is empty");
            problems.add(problem.help("name at least one, or remove `downstream`"));
        }
    }

    /// Adds it to the token for its API.
    fn add(&mut self, permission: Permission, name: &str) -> Result<(), Mistake> {
        let of_api = self.taken.iter_mut().find_map(|taken| match taken {
            Taken::Written(permissions) if permissions[0].resource == permission.resource => Some(permissions),
            Taken::Written(_) | Taken::Item(_) => None,
        });
        let Some(permissions) = of_api else {
            self.taken.push(Taken::Written(vec![permission]));
            return Ok(());
        };
        if permissions.iter().any(|known| known.name == permission.name) {
            return Err((
                format!("the permission `{name}` appears twice in this list"),
                "remove one of them".to_owned(),
            ));
        }
        let is_mixed = permissions[0].name == DEFAULT || permission.name == DEFAULT;
        if is_mixed {
            return Err(default_beside_names());
        }
        permissions.push(permission);
        Ok(())
    }
}

fn default_beside_names() -> Mistake {
    (
        format!("`{DEFAULT}` is every permission of an API that was agreed to, and cannot be asked for beside names"),
        format!("write `{DEFAULT}` of this API alone, or its permissions without it"),
    )
}

/// One name with its API in front: what follows the last slash is the permission.
fn permission(name: &str) -> Result<Permission, Mistake> {
    let Some((api, permission)) = name.rsplit_once('/') else { return Err(without_api(name)) };
    let resource = resource::resource(api, |api| format!("{api}/{permission}"))?;
    if permission.is_empty() {
        let example = if resource == Resource::Graph { "User.Read" } else { DEFAULT };
        return Err((
            format!("`{name}` names an API, but no permission of it"),
            format!("write the permission behind the slash, such as `{api}/{example}`"),
        ));
    }
    resource::permission(&resource, permission, false)
}

/// How a name that is written among the application's own scopes is written in `downstream`; none where it is not one of
/// another API.
pub(in crate::validate) fn meant_elsewhere(name: &str) -> Option<String> {
    let (api, name) = name.rsplit_once('/').unwrap_or((graph::ADDRESS, name));
    let api = if graph::is_other_name(api) { graph::ADDRESS } else { api };
    let written = format!("{api}/{name}");
    permission(&written).ok().map(|_| format!("downstream = {written:?}"))
}

/// Entra would take it for a permission of Microsoft Graph, which a reader cannot see.
fn without_api(name: &str) -> Mistake {
    let message = format!("`{name}` does not say of which API it is");
    let address = graph::ADDRESS;
    if OPENID_SCOPES.contains(&name) {
        return (
            format!("`{name}` shapes the sign-in, and is not a permission of another API"),
            format!("move it to `scopes = \"{name}\"`"),
        );
    }
    if name.contains("::") && syn::parse_str::<syn::Path>(name).is_ok() {
        return (message, format!("write the item without quotes: `downstream = {name}`"));
    }
    let of_graph = graph::published(name).map(|published| published.name).or_else(|| graph::meant(name));
    let help = match of_graph.or(Some(name).filter(|name| *name == DEFAULT)) {
        Some(meant) => format!("write `{address}/{meant}` if it is a permission of Microsoft Graph"),
        None => format!("write the API in front of it: `api://<client id>/{name}`"),
    };
    (message, help)
}

fn at(text: &LiteralText, bytes: Range<usize>, (message, help): Mistake) -> Problem {
    let place = text.pointing_at(bytes.clone());
    Problem::new(text.span_of(bytes), format!("{message}{place}")).help(help)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::downstream::Consent;

    fn read(list: &str) -> (Vec<Taken>, Problems) {
        let (mut written, mut problems) = (Written::default(), Problems::default());
        written.read(&LitStr::new(list, proc_macro2::Span::call_site()), &mut problems);
        (written.taken, problems)
    }

    #[test]
    fn there_is_one_token_for_each_api() {
        let list =
            "https://graph.microsoft.com/Mail.Read api://orders/Orders.Read\n https://graph.microsoft.com/User.Read";
        let (taken, problems) = read(list);
        assert!(problems.is_empty());
        let names = |taken: &Taken| match taken {
            Taken::Written(permissions) => permissions.iter().map(|one| (one.name.clone(), one.consent)).collect(),
            Taken::Item(_) => Vec::new(),
        };
        let person = |name: &str| (name.to_owned(), Consent::Person);
        assert_eq!(
            taken.iter().map(names).collect::<Vec<_>>(),
            [vec![person("Mail.Read"), person("User.Read")], vec![("Orders.Read".to_owned(), Consent::Unknown)],]
        );
    }

    #[test]
    fn a_scope_of_another_api_is_written_with_its_api() {
        for (name, expected) in [
            ("User.Read", Some("https://graph.microsoft.com/User.Read")),
            ("https://graph.microsoft.us/User.Read", Some("https://graph.microsoft.com/User.Read")),
            ("api://a/B", Some("api://a/B")),
            ("api://a/.default", Some("api://a/.default")),
            ("User.Raed", None),
            ("a/B", None),
        ] {
            assert_eq!(meant_elsewhere(name), expected.map(|written| format!("downstream = {written:?}")), "{name}");
        }
    }

    #[test]
    fn each_mistake_has_its_remedy() {
        let graph = "https://graph.microsoft.com";
        for (list, remedy) in [
            ("", "remove `downstream`"),
            ("api://a/B,api://a/C", "\"api://a/B api://a/C\""),
            ("Mail.Read", "`https://graph.microsoft.com/Mail.Read`"),
            ("Mail.Raed", "`https://graph.microsoft.com/Mail.Read`"),
            (".default", "`https://graph.microsoft.com/.default`"),
            ("Orders.Read", "`api://<client id>/Orders.Read`"),
            ("openid", "`scopes = \"openid\"`"),
            ("graph::MailRead", "`downstream = graph::MailRead`"),
            ("orders/Orders.Read", "`api://<client id>/Orders.Read`"),
            ("https://management.azure.com//user_impersonation", "`https://management.azure.com/user_impersonation`"),
            ("https://graph.microsoft.us/Mail.Read", "`https://graph.microsoft.com/Mail.Read`"),
            ("api://a/", "`api://a/.default`"),
            (&format!("{graph}/"), "`https://graph.microsoft.com/User.Read`"),
            (&format!("{graph}/Mail.Raed"), "`https://graph.microsoft.com/Mail.Read`"),
            (&format!("{graph}/Teamwork.Migrate.All"), "ApplicationToken"),
            ("api://a/B api://a/B", "remove one of them"),
            ("api://a/.default api://a/B", "`.default` of this API alone"),
            ("api://a/B api://a/.default", "`.default` of this API alone"),
            ("api://a/.all", "`.default`"),
        ] {
            let (_, problems) = read(list);
            assert!(format!("{problems:?}").replace("\\\"", "\"").contains(remedy), "{list}: {problems:?}");
        }
        assert!(read("api://a/.default api://b/B").1.is_empty(), "of two APIs they are two tokens");
    }
}
