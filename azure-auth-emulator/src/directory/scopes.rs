//! What a client asks for: words like `api://…/Files.Read`, sorted by the API they belong to.

use super::application::Application;
use super::graph_permission;
use super::nearest::nearest;
use super::seed::Directory;
use crate::faults::entra_error::EntraError;

const OPENID: [&str; 4] = ["openid", "profile", "email", "offline_access"];
const GRAPH: [&str; 2] = ["https://graph.microsoft.com", "00000003-0000-0000-c000-000000000000"];
const DEFAULT: &str = ".default";

/// The `scope` parameter, read.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Scopes<'d> {
    /// Scopes of OpenID Connect, as asked.
    pub(crate) openid: Vec<String>,
    /// The rest, in the order in which the APIs are first named.
    pub(crate) permissions: Vec<Permissions<'d>>,
}

/// What is asked of one API.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Permissions<'d> {
    pub(crate) resource: Resource<'d>,
    /// The API as the client wrote it; empty where it wrote only a permission of Microsoft Graph.
    pub(crate) name: String,
    /// Short names, as registered. `.default` means all of them.
    pub(crate) values: Vec<String>,
    pub(crate) is_default: bool,
}

/// An API.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Resource<'d> {
    Graph,
    Api(&'d Application),
}

impl PartialEq for Resource<'_> {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Graph, Self::Graph) => true,
            (Self::Api(one), Self::Api(other)) => one.client_id == other.client_id,
            _ => false,
        }
    }
}

impl<'d> Scopes<'d> {
    /// Reads the parameter: an API is all before a word's last slash, and Microsoft Graph where there is none.
    pub(crate) fn parse(text: &str, directory: &'d Directory) -> Result<Self, EntraError> {
        let mut scopes = Self::default();
        for word in text.split(' ').filter(|word| !word.is_empty()) {
            if OPENID.contains(&word) {
                scopes.openid.push(word.to_owned());
            } else {
                let (name, value) = word.rsplit_once('/').unwrap_or(("", word));
                scopes.add(resource(name, directory)?, name, value, directory)?;
            }
        }
        Ok(scopes)
    }

    /// What one token is for. A request for scopes of OpenID Connect alone asks for Microsoft Graph, where `UserInfo` is.
    pub(crate) fn single(mut self) -> Result<Permissions<'d>, EntraError> {
        if self.permissions.len() > 1 {
            let asked: Vec<String> = self.permissions.iter().flat_map(Permissions::words).collect();
            let text = format!(
                "Provided value for the input parameter scope is not valid because it contains more than one resource. Asked for was '{}'; send one request for each API.",
                asked.join(" ")
            );
            return Err(EntraError::new("invalid_request", 28000, text));
        }
        Ok(self.permissions.pop().unwrap_or_else(Permissions::of_userinfo))
    }

    /// What the token of a code is for if the client does not choose: the API named first.
    pub(crate) fn first(self) -> Permissions<'d> {
        self.permissions.into_iter().next().unwrap_or_else(Permissions::of_userinfo)
    }

    /// The part of a request that these scopes, agreed to before, allow; `.default` means all of them.
    pub(crate) fn allow(&self, asked: Permissions<'d>) -> Result<Permissions<'d>, EntraError> {
        let agreed = self.permissions.iter().find(|agreed| agreed.resource == asked.resource);
        let agreed: &[String] = agreed.map_or(&[], |agreed| &agreed.values);
        let is_agreed = |value: &String| agreed.iter().any(|agreed| agreed.eq_ignore_ascii_case(value));
        let is_api = asked.resource != Resource::Graph;
        if asked.is_default && !(is_api && agreed.is_empty()) {
            return Ok(Permissions { values: agreed.to_vec(), ..asked });
        }
        if asked.is_default || !asked.values.iter().all(is_agreed) {
            let before = match agreed {
                [] => "nothing of that API".to_owned(),
                agreed => agreed.join(" "),
            };
            let text = format!(
                "The user or administrator has not consented to use the application. Send an interactive authorization request for this user and resource. Asked for was '{}'; what was agreed to before is {before}.",
                asked.words().join(" ")
            );
            return Err(EntraError::new("invalid_grant", 65001, text));
        }
        Ok(asked)
    }

    fn add(
        &mut self,
        resource: Resource<'d>,
        name: &str,
        value: &str,
        directory: &Directory,
    ) -> Result<(), EntraError> {
        let is_default = value == DEFAULT;
        let values = if is_default { resource.all() } else { vec![resource.registered(name, value, directory)?] };
        let Some(known) = self.permissions.iter_mut().find(|known| known.resource == resource) else {
            self.permissions.push(Permissions { resource, name: name.to_owned(), values, is_default });
            return Ok(());
        };
        if known.is_default != is_default {
            let text = ".default scope can't be combined with resource-specific scopes.";
            return Err(invalid_scope(text));
        }
        let new = values.into_iter().filter(|value| !known.values.contains(value)).collect::<Vec<_>>();
        known.values.extend(new);
        Ok(())
    }
}

impl Permissions<'_> {
    /// As the token answer repeats them, with the API in front.
    pub(crate) fn words(&self) -> Vec<String> {
        let default = self.is_default.then(|| DEFAULT.to_owned());
        let qualified = |value: &String| match self.name.as_str() {
            "" => value.clone(),
            name => format!("{name}/{value}"),
        };
        self.values.iter().chain(&default).map(qualified).collect()
    }

    fn of_userinfo() -> Self {
        Self { resource: Resource::Graph, name: String::new(), values: Vec::new(), is_default: false }
    }
}

impl Resource<'_> {
    /// The permission as it is registered. Clients may write it in another case.
    fn registered(self, name: &str, value: &str, directory: &Directory) -> Result<String, EntraError> {
        let is_well_formed = (1..=120).contains(&value.len()) && value.bytes().all(is_scope_byte);
        let known = match self {
            _ if !is_well_formed => None,
            Self::Graph => directory.graph_permission(value).map(ToOwned::to_owned),
            Self::Api(application) => application.registered_scope(value).map(ToOwned::to_owned),
        };
        known.ok_or_else(|| match self {
            Self::Graph => unknown_at_graph(name, value, directory),
            Self::Api(application) => unknown_scope(&format!("{name}/{value}"), application),
        })
    }

    fn all(self) -> Vec<String> {
        match self {
            Self::Graph => Vec::new(),
            Self::Api(application) => application.scopes.clone(),
        }
    }
}

/// What the real service says of a scope that an API does not have, together with those that it has.
pub(crate) fn unknown_scope(written: &str, application: &Application) -> EntraError {
    let known = match application.scopes.as_slice() {
        [] => "has none; register one".to_owned(),
        scopes => format!("has {}; name one of these, or register it", scopes.join(", ")),
    };
    invalid_scope(&format!("The scope {written} does not exist. {} ({}) {known}.", application.name, application.uri()))
}

fn unknown_at_graph(name: &str, value: &str, directory: &Directory) -> EntraError {
    let written = if name.is_empty() { value.to_owned() } else { format!("{name}/{value}") };
    let owner = directory.applications.iter().find(|application| application.registered_scope(value).is_some());
    let remedy = match (owner, nearest(value, OPENID.into_iter().chain(graph_permission::all()))) {
        (Some(owner), _) => format!("It is a scope of {}: write {}/{value}", owner.name, owner.uri()),
        (None, Some(nearest)) => format!("Is {nearest} meant?"),
        (None, None) => {
            "Write openid, profile, email, offline_access, or a permission of Microsoft Graph, or put the API in front \
             (api://<client id>/<scope>)"
                .to_owned()
        }
    };
    invalid_scope(&format!(
        "The scope {written} does not exist. A scope without an API in front is one of Microsoft Graph, which has none of \
         that name. {remedy}."
    ))
}

fn resource<'d>(name: &str, directory: &'d Directory) -> Result<Resource<'d>, EntraError> {
    if name.is_empty() || GRAPH.contains(&name.strip_suffix('/').unwrap_or(name)) {
        return Ok(Resource::Graph);
    }
    let unknown = || {
        let known: Vec<String> = directory.applications.iter().map(Application::uri).collect();
        let text = format!(
            "The resource principal named {name} was not found in the tenant. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. Registered here are {}.",
            known.join(", ")
        );
        EntraError::new("invalid_resource", 500_011, text)
    };
    directory.resource(name).map(Resource::Api).ok_or_else(unknown)
}

pub(crate) fn invalid_scope(text: &str) -> EntraError {
    EntraError::new(
        "invalid_scope",
        70011,
        format!("The provided value for the input parameter 'scope' is not valid. {text}"),
    )
}

/// Printable, and neither a quotation mark nor a backslash.
fn is_scope_byte(byte: u8) -> bool {
    byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\\')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `openid | API: values | …`, or the code of the error.
    fn read(text: &str) -> Result<String, u32> {
        let directory = Directory::default();
        let api = directory.applications()[0].client_id.clone();
        let scopes =
            Scopes::parse(&text.replace("{api}", &api), &directory).map_err(|error| error.code.unwrap_or_default())?;
        let mut parts = vec![scopes.openid.join(" ")];
        for permissions in scopes.permissions {
            let api = match permissions.resource {
                Resource::Graph => "graph",
                Resource::Api(application) => &application.name,
            };
            parts.push(format!("{api}: {}", permissions.values.join(" ")));
        }
        Ok(parts.join(" | "))
    }

    #[test]
    fn scopes_are_sorted_by_the_api_before_the_last_slash() {
        for (text, expected) in [
            ("openid profile email offline_access", Ok("openid profile email offline_access")),
            ("openid  User.Read", Ok("openid | graph: User.Read")),
            ("https://graph.microsoft.com/User.Read Mail.Read", Ok(" | graph: User.Read Mail.Read")),
            ("https://graph.microsoft.com//Mail.Read", Ok(" | graph: Mail.Read")),
            ("00000003-0000-0000-c000-000000000000/.default", Ok(" | graph: ")),
            (".default", Ok(" | graph: ")),
            ("api://{api}/Files.Read", Ok(" | Local application: Files.Read")),
            ("{api}/files.READ", Ok(" | Local application: Files.Read")),
            ("{api}/Files.Read api://{api}/Files.Read", Ok(" | Local application: Files.Read")),
            ("{api}/Files.ReadWrite {api}/Files.Read", Ok(" | Local application: Files.ReadWrite Files.Read")),
            ("openid api://{api}/.default", Ok("openid | Local application: Files.Read Files.ReadWrite")),
            ("User.Read {api}/Files.Read", Ok(" | graph: User.Read | Local application: Files.Read")),
            ("USER.read", Ok(" | graph: User.Read")),
            ("api://{api}/Files.Write", Err(70011)),
            ("openid profle", Err(70011)),
            ("User.Raed", Err(70011)),
            ("https://graph.microsoft.com/User.Raed", Err(70011)),
            ("access_as_user", Err(70011)),
            ("openId", Err(70011)),
            ("openid,profile", Err(70011)),
            ("openid\tprofile", Err(70011)),
            ("api://{api}/", Err(70011)),
            ("api://{api}/.default api://{api}/Files.Read", Err(70011)),
            ("User.Read\\", Err(70011)),
            ("api://{api}", Err(500_011)),
            ("api://nobody/Files.Read", Err(500_011)),
            ("https://management.azure.com/.default", Err(500_011)),
        ] {
            assert_eq!(read(text).as_deref(), expected.as_ref().map(|text| *text), "{text}");
        }
    }

    #[test]
    fn a_refused_scope_is_named_with_what_is_registered_in_its_place() {
        let directory = Directory::default();
        let api = directory.applications()[0].client_id.clone();
        for (text, expected) in [
            (
                "{api}/Files.Raed",
                "The scope {api}/Files.Raed does not exist. Local application (api://{api}) has Files.Read, \
                 Files.ReadWrite; name one of these, or register it.",
            ),
            (
                "openid profle",
                "The scope profle does not exist. A scope without an API in front is one of Microsoft Graph",
            ),
            ("openid profle", "which has none of that name. Is profile meant?"),
            ("User.Raed", "Is User.Read meant?"),
            ("api://nobody/Files.Read", "The resource principal named api://nobody was not found in the tenant."),
            ("api://nobody/Files.Read", "Registered here are api://{api}, "),
        ] {
            let error = Scopes::parse(&text.replace("{api}", &api), &directory).unwrap_err();
            assert!(error.message.contains(&expected.replace("{api}", &api)), "{text}: {}", error.message);
        }
        let mut directory = directory;
        directory.applications.push(Application::new("Help desk").scope("Tickets.Close"));
        let uri = directory.applications.last().unwrap().uri();
        let error = Scopes::parse("tickets.close", &directory).unwrap_err();
        let expected = format!("It is a scope of Help desk: write {uri}/tickets.close.");
        assert!(error.message.contains(&expected), "{}", error.message);
        let error = Scopes::parse(&format!("{}/Read", directory.applications[2].uri()), &directory).unwrap_err();
        assert!(error.message.contains(") has none; register one."), "{}", error.message);
    }

    #[test]
    fn a_directory_may_have_permissions_of_graph_that_are_newer_than_the_list() {
        let mut directory = Directory::default();
        assert_eq!(Scopes::parse("Moon.Read", &directory).unwrap_err().code, Some(70011));
        directory.graph_permissions.push("Moon.Read".to_owned());
        assert_eq!(Scopes::parse("moon.read", &directory).unwrap().permissions[0].values, ["Moon.Read"]);
    }

    #[test]
    fn one_token_is_for_one_api() {
        let directory = Directory::default();
        let api = &directory.applications()[0].client_id;
        let parse = |text: &str| Scopes::parse(text, &directory).unwrap();
        assert_eq!(parse("openid").single().unwrap().resource, Resource::Graph);
        let both = parse(&format!("{api}/Files.Read User.Read"));
        assert_eq!(both.clone().single().unwrap_err().code, Some(28000));
        assert_eq!(both.first().values, ["Files.Read"]);
    }

    #[test]
    fn only_what_was_agreed_to_is_allowed() {
        let directory = Directory::default();
        let api = directory.applications()[0].client_id.clone();
        let parse = |text: &str| Scopes::parse(&text.replace("{api}", &api), &directory).unwrap();
        for (agreed, asked, expected) in [
            ("{api}/Files.Read", "{api}/Files.Read", Ok("{api}/Files.Read")),
            ("{api}/Files.Read", "api://{api}/.default", Ok("api://{api}/Files.Read api://{api}/.default")),
            ("{api}/.default", "{api}/Files.ReadWrite", Ok("{api}/Files.ReadWrite")),
            ("user.read", "User.Read", Ok("User.Read")),
            (
                "User.Read",
                "https://graph.microsoft.com/.default",
                Ok("https://graph.microsoft.com/User.Read https://graph.microsoft.com/.default"),
            ),
            ("openid", "openid", Ok("")),
            ("openid", ".default", Ok(".default")),
            ("{api}/Files.Read", "{api}/Files.ReadWrite", Err(65001)),
            ("openid", "{api}/Files.Read", Err(65001)),
            ("openid", "{api}/.default", Err(65001)),
            ("{api}/Files.Read", "User.Read", Err(65001)),
        ] {
            let allowed = parse(agreed).allow(parse(asked).single().unwrap());
            let words = allowed.map(|allowed| allowed.words().join(" ").replace(&api, "{api}"));
            assert_eq!(
                words.as_deref().map_err(|error| error.code.unwrap_or_default()),
                expected,
                "{agreed} → {asked}"
            );
        }
    }
}
