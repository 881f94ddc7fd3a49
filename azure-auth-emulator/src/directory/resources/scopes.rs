//! What a client asks for: words like `api://…/Files.Read`, sorted by the API they belong to.

use super::resource::Resource;
use crate::directory::application::Application;
use crate::directory::seed::Directory;
use crate::faults::entra_error::EntraError;

/// Scopes of OpenID Connect, which belong to no API.
pub(super) const OPENID: [&str; 4] = ["openid", "profile", "email", "offline_access"];
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
    /// Short names, as registered. With `.default` there are none until it is known who asks.
    pub(crate) values: Vec<String>,
    pub(crate) is_default: bool,
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
                scopes.add(Resource::named(name, directory)?, name, value, directory)?;
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

    fn add(
        &mut self,
        resource: Resource<'d>,
        name: &str,
        value: &str,
        directory: &Directory,
    ) -> Result<(), EntraError> {
        let is_default = value == DEFAULT;
        let values = if is_default { Vec::new() } else { vec![resource.registered(name, value, directory)?] };
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
    /// What a person is asked to agree to. `.default` is what was agreed to before; if that is nothing, what the client's
    /// registration lists, or else all that an API has.
    pub(crate) fn expanded(self, client: &Application, agreed: &[String], directory: &Directory) -> Self {
        if !self.is_default {
            return self;
        }
        let listed = directory.listed_permissions(client, self.resource);
        let values = match self.resource {
            _ if !agreed.is_empty() => agreed.to_vec(),
            Resource::Api(api) if listed.is_empty() => api.scopes.clone(),
            _ => listed,
        };
        Self { values, ..self }
    }

    /// The same, if all of it was agreed to; `.default` is all that was.
    pub(crate) fn allowed_by(self, agreed: &[String]) -> Result<Self, EntraError> {
        let is_agreed = |value: &String| agreed.iter().any(|agreed| agreed == value);
        // Signing in alone gives access to the person's own profile there.
        let is_userinfo = self.resource == Resource::GRAPH;
        if self.is_default && (is_userinfo || !agreed.is_empty()) {
            return Ok(Self { values: agreed.to_vec(), ..self });
        }
        if self.is_default || !self.values.iter().all(is_agreed) {
            return Err(self.not_agreed(agreed));
        }
        Ok(self)
    }

    fn not_agreed(&self, agreed: &[String]) -> EntraError {
        let before = match agreed {
            [] => "nothing of that API".to_owned(),
            agreed => agreed.join(" "),
        };
        let text = format!(
            "The user or administrator has not consented to use the application. Send an interactive authorization request for this user and resource. Asked for was '{}'; what was agreed to before is {before}.",
            self.words().join(" ")
        );
        EntraError::new("invalid_grant", 65001, text)
    }

    /// `aud` of a token of version 1.0, which repeats how the client wrote the API.
    pub(crate) fn audience(&self) -> String {
        if self.name.is_empty() { self.resource.uri() } else { self.name.clone() }
    }

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
        Self { resource: Resource::GRAPH, name: String::new(), values: Vec::new(), is_default: false }
    }
}

pub(crate) fn invalid_scope(text: &str) -> EntraError {
    EntraError::new(
        "invalid_scope",
        70011,
        format!("The provided value for the input parameter 'scope' is not valid. {text}"),
    )
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
            let default = if permissions.is_default { ".default" } else { "" };
            parts.push(format!("{}: {}{default}", permissions.resource.name(), permissions.values.join(" ")));
        }
        Ok(parts.join(" | "))
    }

    #[test]
    fn scopes_are_sorted_by_the_api_before_the_last_slash() {
        for (text, expected) in [
            ("openid profile email offline_access", Ok("openid profile email offline_access")),
            ("openid  User.Read", Ok("openid | Microsoft Graph: User.Read")),
            ("https://graph.microsoft.com/User.Read Mail.Read", Ok(" | Microsoft Graph: User.Read Mail.Read")),
            ("https://graph.microsoft.com//Mail.Read", Ok(" | Microsoft Graph: Mail.Read")),
            ("00000003-0000-0000-c000-000000000000/.default", Ok(" | Microsoft Graph: .default")),
            (".default", Ok(" | Microsoft Graph: .default")),
            ("api://{api}/Files.Read", Ok(" | Local application: Files.Read")),
            ("{api}/files.READ", Ok(" | Local application: Files.Read")),
            ("{api}/Files.Read api://{api}/Files.Read", Ok(" | Local application: Files.Read")),
            ("{api}/Files.ReadWrite {api}/Files.Read", Ok(" | Local application: Files.ReadWrite Files.Read")),
            ("openid api://{api}/.default", Ok("openid | Local application: .default")),
            ("User.Read {api}/Files.Read", Ok(" | Microsoft Graph: User.Read | Local application: Files.Read")),
            ("USER.read", Ok(" | Microsoft Graph: User.Read")),
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
            ("https://management.azure.com//.default", Ok(" | Azure Resource Manager: .default")),
            ("https://storage.azure.com/User_Impersonation", Ok(" | Azure Storage: user_impersonation")),
            ("https://vault.azure.net/user_impersonation", Ok(" | Azure Key Vault: user_impersonation")),
            ("https://vault.azure.net/Secrets.Read", Err(70011)),
            ("https://database.windows.net/.default", Err(500_011)),
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
        assert_eq!(parse("openid").single().unwrap().resource, Resource::GRAPH);
        let both = parse(&format!("{api}/Files.Read User.Read"));
        assert_eq!(both.clone().single().unwrap_err().code, Some(28000));
        assert_eq!(both.first().values, ["Files.Read"]);
    }

    #[test]
    fn only_what_was_agreed_to_is_allowed() {
        let directory = Directory::default();
        let api = directory.applications()[0].client_id.clone();
        for (agreed, asked, expected) in [
            ("Files.Read", "{api}/Files.Read", Ok("{api}/Files.Read")),
            ("Files.Read", "api://{api}/.default", Ok("api://{api}/Files.Read api://{api}/.default")),
            ("Files.Read Files.ReadWrite", "{api}/Files.ReadWrite", Ok("{api}/Files.ReadWrite")),
            ("User.Read", "user.read", Ok("User.Read")),
            (
                "User.Read",
                "https://graph.microsoft.com/.default",
                Ok("https://graph.microsoft.com/User.Read https://graph.microsoft.com/.default"),
            ),
            ("", "openid", Ok("")),
            ("", ".default", Ok(".default")),
            ("Files.Read", "{api}/Files.ReadWrite", Err(65001)),
            ("", "{api}/Files.Read", Err(65001)),
            ("", "{api}/.default", Err(65001)),
            ("", "https://storage.azure.com/.default", Err(65001)),
            ("Mail.Read", "User.Read", Err(65001)),
        ] {
            let agreed: Vec<String> = agreed.split_whitespace().map(ToOwned::to_owned).collect();
            let asked_of = Scopes::parse(&asked.replace("{api}", &api), &directory).unwrap().single().unwrap();
            let words = asked_of.allowed_by(&agreed).map(|allowed| allowed.words().join(" ").replace(&api, "{api}"));
            assert_eq!(
                words.as_deref().map_err(|error| error.code.unwrap_or_default()),
                expected,
                "{agreed:?} → {asked}"
            );
        }
    }

    #[test]
    fn default_is_what_was_agreed_to_or_else_what_the_registration_lists() {
        let mut directory = Directory::default();
        let client = Application::new("x").delegated_permission("https://graph.microsoft.com", "mail.read");
        directory.applications.push(client.clone());
        for (asked, agreed, expected) in [
            (".default", "", "Mail.Read"),
            (".default", "User.Read", "User.Read"),
            ("User.Read", "Mail.Read", "User.Read"),
            ("https://storage.azure.com/.default", "", ""),
            ("{api}/.default", "", "Files.Read Files.ReadWrite"),
        ] {
            let text = asked.replace("{api}", &directory.applications[0].client_id);
            let agreed: Vec<String> = agreed.split_whitespace().map(ToOwned::to_owned).collect();
            let asked_of = Scopes::parse(&text, &directory).unwrap().single().unwrap();
            assert_eq!(asked_of.expanded(&client, &agreed, &directory).values.join(" "), expected, "{asked}");
        }
    }
}
