//! What only the application object of Microsoft Graph says of a registration.

use std::collections::{BTreeMap, BTreeSet};

use super::Application;
use crate::directory::guid::invented_id;

/// What only the application object of Microsoft Graph says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Details {
    /// Ids of scopes and roles, by value. An application has one value once, whether scope or role.
    pub(crate) ids: BTreeMap<String, String>,
    /// Scopes that only an administrator can agree to.
    pub(crate) scopes_of_administrators: BTreeSet<String>,
    /// Clients that need no consent for these scopes of this API.
    pub(crate) pre_authorized: Vec<PreAuthorized>,
    /// Clients whose consent is consent to what this API asks for as well.
    pub(crate) known_clients: Vec<String>,
    /// Scopes of OpenID Connect among the permissions. They mean nothing here, where signing in needs no consent.
    pub(crate) openid_scopes: Vec<String>,
    /// Optional claims of ID tokens beside `sid`.
    pub(crate) id_token_claims: BTreeSet<String>,
    /// Optional claims of access tokens beside `idtyp`.
    pub(crate) access_token_claims: BTreeSet<String>,
    /// `idtyp` is in the tokens of people, too.
    pub(crate) has_idtyp_of_people: bool,
    /// Tokens have no groups. A registration in code has them without a word.
    pub(crate) leaves_out_groups: bool,
    /// What a registration says of its groups and of whose accounts sign in, in its own words.
    pub(crate) group_claims: Option<String>,
    pub(crate) audience: Option<String>,
}

/// A client that an API trusts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PreAuthorized {
    pub(crate) client_id: String,
    pub(crate) scopes: Vec<String>,
}

impl Details {
    pub(crate) fn has_id_token_claim(&self, name: &str) -> bool {
        self.id_token_claims.contains(name)
    }

    pub(crate) fn has_access_token_claim(&self, name: &str) -> bool {
        self.access_token_claims.contains(name)
    }

    /// The scopes that a client may use without anybody's consent.
    pub(crate) fn scopes_without_consent(&self, client_id: &str) -> impl Iterator<Item = &String> {
        self.pre_authorized.iter().filter(move |trusted| trusted.client_id == client_id).flat_map(|one| &one.scopes)
    }
}

impl Application {
    /// The id of a scope or role.
    pub(crate) fn permission_id(&self, value: &str) -> String {
        let known = self.details.ids.get(value).cloned();
        known.unwrap_or_else(|| invented_id(&format!("{}|permission|{value}", self.client_id)))
    }

    /// The scope or role with an id.
    pub(crate) fn permission_of_id(&self, id: &str) -> Option<&str> {
        let mut values = self.scopes.iter().chain(&self.app_roles).chain(&self.app_roles_for_applications);
        values.find(|value| self.permission_id(value) == id).map(String::as_str)
    }
}
