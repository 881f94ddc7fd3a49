//! An access token for one API and one person, and the answer that it comes in.

use serde_json::{Value, json};

use crate::directory::application::Application;
use crate::directory::resources::first_party::FirstParty;
use crate::directory::resources::resource::Resource;
use crate::directory::resources::scopes::Permissions;
use crate::directory::user::User;
use crate::faults::defect::Defect;
use crate::faults::entra_error::EntraError;
use crate::memory::claims_request::ClaimsRequest;
use crate::memory::consents::Asking;
use crate::memory::issued::{AccessTokenRecord, Grant};
use crate::memory::state::State;
use crate::tokens::access_token::{AccessToken, Caller, Proof};
use crate::tokens::first_party_token::{FirstPartyCaller, FirstPartyToken};
use crate::tokens::jwt::Algorithm;
use crate::tokens::lifetime::Lifetime;

/// What the token is to be.
pub(super) struct PersonToken<'s> {
    pub(super) tenant: &'s str,
    pub(super) user: &'s User,
    pub(super) sid: &'s str,
    pub(super) proof: Proof,
    pub(super) client: &'s Application,
    pub(super) permissions: Permissions<'s>,
    /// Scopes of OpenID Connect that go with it.
    pub(super) openid: Vec<String>,
    /// What the person did prove; none if they are here, and prove what they are asked to.
    pub(super) proven: Option<&'s ClaimsRequest>,
    /// The same, and what the token request asks for.
    pub(super) claims: ClaimsRequest,
    /// For `UserInfo`.
    pub(super) grant: Option<&'s Grant>,
}

/// The answer to a token request with nothing but the access token, and this token.
pub(super) fn answer(state: &State, mut token: PersonToken<'_>) -> Result<(Value, String), EntraError> {
    token.check_demand(state)?;
    token.openid.retain(|scope| scope != "offline_access");
    token.apply_defects(state);
    let api = token.permissions.resource;
    let lifetime = Lifetime::choose(state, api == Resource::GRAPH && token.claims.is_capable());
    let access_token = match api {
        Resource::Microsoft(api) => token.for_microsoft(state, api, lifetime.seconds),
        Resource::Api(api) => token.for_api(state, api, lifetime.seconds),
    };
    let record = AccessTokenRecord { grant: token.grant.cloned(), claims: token.claims.clone() };
    state.issued.note_access_token(&access_token, record);
    let mut answer = json!({"token_type": "Bearer", "scope": token.scope(state), "access_token": access_token});
    lifetime.write(&mut answer);
    Ok((answer, access_token))
}

impl PersonToken<'_> {
    /// Microsoft Graph may demand what only the person can prove.
    fn check_demand(&self, state: &State) -> Result<(), EntraError> {
        let Some(proven) = self.proven.filter(|_| self.permissions.resource == Resource::GRAPH) else { return Ok(()) };
        let demand = state.demands.of(self.user).filter(|demand| demand.needs_person);
        match demand.filter(|demand| !proven.satisfies(&demand.claims)) {
            Some(demand) => Err(EntraError::interaction_required(demand.claims.to_string())),
            None => Ok(()),
        }
    }

    fn apply_defects(&mut self, state: &State) {
        let permissions = &mut self.permissions;
        if state.has(Defect::ScopesFurther) {
            let (client, tenant, user) = (self.client, self.tenant, self.user);
            let asking = Asking { directory: &state.directory, client, tenant, user };
            let agreed = state.consents.agreed(asking, permissions.resource);
            let further: Vec<String> =
                agreed.into_iter().filter(|agreed| !permissions.values.contains(agreed)).collect();
            permissions.values.extend(further);
        }
        if state.has(Defect::ScopesNotGranted) {
            permissions.values.clear();
            permissions.is_default = false;
        }
        if state.has(Defect::AccessTokenForAnother) {
            *permissions = another(permissions.resource);
        }
    }

    /// What the answer says was granted.
    fn scope(&self, state: &State) -> String {
        let scope = self.openid.iter().cloned().chain(self.permissions.words()).collect::<Vec<_>>().join(" ");
        if state.has(Defect::ScopesInOtherCase) { scope.to_lowercase() } else { scope }
    }

    fn for_microsoft(&self, state: &State, api: FirstParty, lifetime: u64) -> String {
        let openid = self.openid.iter().filter(|_| api == FirstParty::Graph);
        let scopes = openid.chain(&self.permissions.values).cloned().collect::<Vec<_>>().join(" ");
        let token = FirstPartyToken {
            api,
            audience: self.permissions.audience(),
            tenant: self.tenant,
            client_id: &self.client.client_id,
            caller: FirstPartyCaller::Person(self.user, scopes),
            proof: self.proof,
            claims: &self.claims,
            lifetime,
        };
        token.issue(state)
    }

    fn for_api(&self, state: &State, api: &Application, lifetime: u64) -> String {
        let token = AccessToken {
            tenant: self.tenant,
            client: self.client,
            resource: api,
            audience: self.permissions.name.clone(),
            version: api.access_token_version,
            caller: Caller::User {
                user: self.user,
                sid: self.sid,
                scopes: self.permissions.values.clone(),
                roles: state.directory.roles(self.user, api),
            },
            proof: self.proof,
            claims: &self.claims,
            lifetime,
        };
        token.draft(state).sign(Algorithm::Rs256)
    }
}

/// Permissions of an API that nobody asked for.
pub(super) fn another(asked: Resource<'_>) -> Permissions<'static> {
    let vault = Resource::Microsoft(FirstParty::KeyVault);
    let api = if asked == vault { FirstParty::Storage } else { FirstParty::KeyVault };
    Permissions {
        resource: Resource::Microsoft(api),
        name: api.uri().to_owned(),
        values: vec!["user_impersonation".to_owned()],
        is_default: false,
    }
}
