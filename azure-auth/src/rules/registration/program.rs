//! What a registration is made from: everything that a program says of itself.

use azure_auth_policy::Guid;

use crate::model::downstream::need::Need;
use crate::model::downstream::permission::{PUBLIC_GRAPH, Permission};
use crate::model::policies::row::Row;
use crate::model::registration::application::FederatedCredential;
use crate::model::registration::vocabulary::Vocabulary;
use crate::model::settings::authority::TenantName;
use crate::model::settings::configuration::AuthPaths;
use crate::model::settings::public_url::PublicUrl;
use crate::rules::policy::requirement_words::credentials;
use crate::rules::registration::found::FoundApplication;

/// A program, as its declarations, its vocabulary and its configuration have it. What is not configured yet is absent.
#[derive(Clone, Debug)]
pub(crate) struct Program<'p> {
    /// Its registration is found by it, and the ids of scopes and app roles are made from it.
    pub(crate) name: &'p str,
    /// None before the first registration.
    pub(crate) client_id: Option<Guid>,
    /// As the authority names it.
    pub(crate) tenant: Option<&'p TenantName>,
    pub(crate) sign_in: SignIn,
    pub(crate) public_urls: &'p [PublicUrl],
    pub(crate) paths: &'p AuthPaths,
    /// Where Swagger UI is, which signs in by itself.
    pub(crate) swagger_pages: &'p [String],
    /// Accepted in access tokens, where that is configured.
    pub(crate) audiences: Option<&'p [String]>,
    /// What sign-ins ask for beside `openid` and `profile`: by declarations and by configuration.
    pub(crate) sign_in_scopes: Vec<&'p str>,
    /// Remembered in sessions, by declarations and by configuration.
    pub(crate) groups: Vec<Guid>,
    pub(crate) asks_graph_for_groups: bool,
    /// Of other APIs.
    pub(crate) needs: &'p [Need],
    pub(crate) rows: &'p [Row],
    pub(crate) vocabularies: &'p [Vocabulary],
    /// Tokens of other issuers that prove the program.
    pub(crate) federated_credentials: Vec<FederatedCredential>,
    /// The registrations of other programs.
    pub(crate) beside: &'p [FoundApplication],
}

/// Whether people sign in here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SignIn {
    Yes,
    No,
    /// Rows admit sessions, and nobody can have one yet: the program has no credential.
    NotYet,
}

impl SignIn {
    /// Without a credential the rows decide: it comes after the registration.
    pub(crate) fn of(has_client_id: bool, has_credential: bool, rows: &[Row]) -> Self {
        let admits_sessions = rows.iter().any(|row| credentials(&row.access()).contains(&"session"));
        match (has_credential, has_client_id) {
            (true, _) => Self::Yes,
            (false, true) if admits_sessions => Self::NotYet,
            (false, false) if admits_sessions => Self::Yes,
            (false, _) => Self::No,
        }
    }
}

impl Program<'_> {
    pub(crate) fn signs_in(&self) -> bool {
        self.sign_in != SignIn::No
    }

    /// The registration of this program itself, if it was given.
    fn own(&self) -> Option<&FoundApplication> {
        let id = self.client_id?;
        self.beside.iter().find(|other| other.app_id == Some(id))
    }

    /// The id that a scope has already: an id cannot be changed, and consent is to it.
    pub(crate) fn known_scope(&self, value: &str) -> Option<Guid> {
        self.own()?.scopes.iter().find(|scope| scope.value == value)?.id
    }

    /// The id that an app role has already: who has the role has it by this id.
    pub(crate) fn known_role(&self, value: &str) -> Option<Guid> {
        self.own()?.roles.iter().find(|role| role.value == value)?.id
    }

    /// Groups that something names: they are to be in tokens.
    pub(crate) fn named_groups(&self) -> Vec<Guid> {
        let declared = self.vocabularies.iter().flat_map(|vocabulary| vocabulary.groups).map(|(group, _)| *group);
        let mut groups: Vec<Guid> = self.groups.iter().copied().chain(declared).collect();
        groups.sort_unstable();
        groups.dedup();
        groups
    }

    /// What the vocabulary says of a scope or an app role.
    pub(crate) fn description(&self, value: &str) -> Option<&'static str> {
        let described =
            self.vocabularies.iter().flat_map(|vocabulary| vocabulary.scopes.iter().chain(vocabulary.roles));
        described.filter(|(known, _)| *known == value).find_map(|(_, description)| *description)
    }

    /// What the vocabulary says of a permission of another API.
    pub(crate) fn permission_description(&self, api: &str, name: &str) -> Option<&'static str> {
        let described = self.vocabularies.iter().flat_map(|vocabulary| vocabulary.apis).flat_map(|api| api.permissions);
        let is_meant =
            |permission: &Permission| permission.resource.uri(PUBLIC_GRAPH) == api && permission.name == name;
        described.filter(|(permission, _)| is_meant(permission)).find_map(|(_, description)| *description)
    }

    /// Whether people have accounts of no organisation here, which Entra ID allows less.
    pub(crate) fn has_personal_accounts(&self) -> bool {
        matches!(self.tenant, Some(TenantName::Common | TenantName::Consumers))
    }
}
