//! An API, whoever runs it.

use super::first_party::{FirstParty, PermissionKind};
use super::graph_permission;
use super::nearest::nearest;
use super::scopes::{OPENID, invalid_scope};
use crate::directory::application::Application;
use crate::directory::seed::Directory;
use crate::faults::entra_error::EntraError;

/// An API.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Resource<'d> {
    Microsoft(FirstParty),
    Api(&'d Application),
}

impl PartialEq for Resource<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.id() == other.id()
    }
}

impl<'d> Resource<'d> {
    /// Microsoft Graph is meant where a scope names no API.
    pub(crate) const GRAPH: Self = Self::Microsoft(FirstParty::Graph);

    /// The API that a client means.
    pub(crate) fn named(name: &str, directory: &'d Directory) -> Result<Self, EntraError> {
        if name.is_empty() {
            return Ok(Self::GRAPH);
        }
        if let Some(api) = FirstParty::named(name) {
            return Ok(Self::Microsoft(api));
        }
        directory.resource(name).map(Self::Api).ok_or_else(|| unknown_resource(name, directory))
    }

    /// Whether a client means it.
    pub(crate) fn is_named(self, name: &str) -> bool {
        match self {
            Self::Microsoft(api) => FirstParty::named(name) == Some(api),
            Self::Api(application) => application.is_resource(name),
        }
    }

    /// Its application id.
    pub(crate) fn id(self) -> &'d str {
        match self {
            Self::Microsoft(api) => api.application_id(),
            Self::Api(application) => &application.client_id,
        }
    }

    pub(crate) fn name(self) -> &'d str {
        match self {
            Self::Microsoft(api) => api.name(),
            Self::Api(application) => &application.name,
        }
    }

    /// What clients put in front of its permissions.
    pub(crate) fn uri(self) -> String {
        match self {
            Self::Microsoft(api) => api.uri().to_owned(),
            Self::Api(application) => application.uri(),
        }
    }

    /// Whether only an administrator can agree to a permission.
    pub(crate) fn needs_administrator(self, value: &str) -> bool {
        match self {
            Self::Microsoft(api) => api.needs_administrator(value),
            Self::Api(application) => application.details.scopes_of_administrators.contains(value),
        }
    }

    /// The id of a permission; none if Microsoft has not published it.
    pub(crate) fn permission_id(self, value: &str, kind: PermissionKind) -> Option<String> {
        match self {
            Self::Microsoft(api) => api.permission_id(value, kind).map(ToOwned::to_owned),
            Self::Api(application) => Some(application.permission_id(value)),
        }
    }

    /// Whether applications can have a permission of exactly this name.
    pub(crate) fn has_role(self, role: &str) -> bool {
        match self {
            Self::Microsoft(api) => api.has_role(role),
            Self::Api(application) => application.app_roles_for_applications.iter().any(|known| known == role),
        }
    }

    /// The permission as it is registered. Clients may write it in another case.
    pub(super) fn registered(self, name: &str, value: &str, directory: &Directory) -> Result<String, EntraError> {
        let is_well_formed = (1..=120).contains(&value.len()) && value.bytes().all(is_scope_byte);
        let known = match self {
            _ if !is_well_formed => None,
            Self::Microsoft(FirstParty::Graph) => directory.graph_permission(value).map(ToOwned::to_owned),
            Self::Microsoft(api) => api.delegated(value).map(ToOwned::to_owned),
            Self::Api(application) => application.registered_scope(value).map(ToOwned::to_owned),
        };
        known.ok_or_else(|| match self {
            Self::Microsoft(FirstParty::Graph) => unknown_at_graph(name, value, directory),
            Self::Microsoft(api) => unknown_at_microsoft(name, value, api),
            Self::Api(application) => unknown_scope(&format!("{name}/{value}"), application),
        })
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
    let remedy = match (owner, nearest(value, OPENID.into_iter().chain(graph_permission::delegated_names()))) {
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

fn unknown_at_microsoft(name: &str, value: &str, api: FirstParty) -> EntraError {
    let known = api.delegated("user_impersonation").unwrap_or_default();
    invalid_scope(&format!("The scope {name}/{value} does not exist. {} ({}) has {known}.", api.name(), api.uri()))
}

fn unknown_resource(name: &str, directory: &Directory) -> EntraError {
    let of_microsoft = FirstParty::ALL.iter().map(|api| api.uri().to_owned());
    let known: Vec<String> = directory.applications.iter().map(Application::uri).chain(of_microsoft).collect();
    let text = format!(
        "The resource principal named {name} was not found in the tenant. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. Registered here are {}.",
        known.join(", ")
    );
    EntraError::new("invalid_resource", 500_011, text)
}

/// Printable, and neither a quotation mark nor a backslash.
fn is_scope_byte(byte: u8) -> bool {
    byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\\')
}
