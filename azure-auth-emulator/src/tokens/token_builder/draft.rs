//! What a token builder makes: a draft in the shape of the service, changed as it was told, and signed.

use std::time::Instant;

use serde_json::{Value, json};

use super::{CallerName, Kind, TokenBuilder};
use crate::directory::authority::Authority;
use crate::directory::platform::Platform;
use crate::directory::resources::first_party::FirstParty;
use crate::directory::resources::resource::Resource;
use crate::memory::claims_request::{ClaimsRequest, NO_CLAIMS};
use crate::memory::clock::{BACKDATED, now};
use crate::memory::issued::{AccessTokenRecord, Grant};
use crate::memory::random::random_text;
use crate::tokens::access_token::{AccessToken, Caller, Proof};
use crate::tokens::first_party_token::{FirstPartyCaller, FirstPartyToken};
use crate::tokens::groups;
use crate::tokens::id_token;
use crate::tokens::jwt::{Algorithm, Draft, Members};
use crate::tokens::signed_by::SignedBy;
use crate::tokens::token_error::TokenError;

impl<'e> TokenBuilder<'e> {
    pub(super) fn build(self) -> Result<String, TokenError> {
        let mut draft = match self.kind {
            Kind::Access => self.describe_access_token()?.draft(self.state),
            Kind::Graph => self.draft_graph_token()?,
            Kind::Id => id_token::draft(self.state, &self.invent_grant()?),
        };
        self.change(&mut draft);
        let token = self.sign(draft);
        if self.kind == Kind::Graph {
            self.state.issued.note_access_token(&token, AccessTokenRecord::default());
        }
        Ok(token)
    }

    fn describe_access_token(&self) -> Result<AccessToken<'e>, TokenError> {
        let resource = self.resource();
        let client = self.client_application()?;
        let version = self.version.unwrap_or(resource.access_token_version);
        if !matches!(version, 1 | 2) {
            return Err(TokenError::WrongVersion { found: version });
        }
        let caller = match self.user_or_none()? {
            Some(user) => Caller::User {
                user,
                sid: SESSION,
                scopes: self.scopes_at(resource)?,
                roles: self.roles_at(resource, || self.state.directory.roles(user, resource))?,
            },
            None => {
                Caller::Application { roles: self.roles_at(resource, || client.roles_on(Resource::Api(resource)))? }
            }
        };
        Ok(AccessToken {
            tenant: self.tenant_id()?,
            client,
            resource,
            audience: resource.uri(),
            version,
            caller,
            proof: Proof::Secret,
            claims: &NO_CLAIMS,
            lifetime: 3600,
        })
    }

    fn draft_graph_token(&self) -> Result<Draft, TokenError> {
        let (tenant, client) = (self.tenant_id()?, self.client_application()?);
        let caller = match self.user_or_none()? {
            Some(user) if self.scopes.is_empty() => {
                FirstPartyCaller::Person(user, "openid profile User.Read".to_owned())
            }
            Some(user) => FirstPartyCaller::Person(user, self.scopes.join(" ")),
            None => {
                let granted = || client.roles_on(Resource::GRAPH);
                let roles = if self.roles.is_empty() { granted() } else { self.roles.clone() };
                FirstPartyCaller::Application { object: client.oid(tenant), roles }
            }
        };
        let token = FirstPartyToken {
            api: FirstParty::Graph,
            audience: FirstParty::Graph.uri().to_owned(),
            tenant,
            client_id: &client.client_id,
            caller,
            proof: Proof::Secret,
            claims: &NO_CLAIMS,
            lifetime: 3600,
        };
        Ok(token.draft(self.state))
    }

    fn invent_grant(&self) -> Result<Grant, TokenError> {
        let tenant = self.tenant_id()?.to_owned();
        let user = match self.user_or_none()? {
            Some(user) => user,
            None => self.first_person(&tenant)?,
        };
        Ok(Grant {
            authority: Authority::Tenant(tenant.clone()),
            tenant,
            user: user.clone(),
            sid: SESSION.to_owned(),
            client_id: self.client_application()?.client_id.clone(),
            redirect_uri: String::new(),
            platform: Platform::Web,
            scope: "openid profile email".to_owned(),
            nonce: Some(random_text()),
            code_challenge: None,
            claims: ClaimsRequest::default(),
            issued: Instant::now(),
            is_used: false,
        })
    }

    fn change(&self, draft: &mut Draft) {
        let Draft { header, claims, .. } = draft;
        let expires = now().saturating_add_signed(self.expires_in);
        // A token was issued before it expired.
        let issued = (now() - BACKDATED).min(expires.saturating_sub(3600));
        for (name, value) in [("iat", issued), ("nbf", issued), ("exp", expires)] {
            claims.insert(name.to_owned(), json!(value));
        }
        claims.extend(self.audience.clone().map(|audience| ("aud".to_owned(), json!(audience))));
        if self.has_idtyp {
            let idtyp = if matches!(self.caller, Some(CallerName::Application(_))) { "app" } else { "user" };
            claims.insert("idtyp".to_owned(), json!(idtyp));
        }
        self.change_groups(claims);
        claims.extend(self.claims.clone());
        claims.retain(|name, _| !self.without.contains(name));
        header.extend(self.header.clone());
    }

    fn change_groups(&self, claims: &mut Members) {
        if self.groups.is_none() && !self.has_overage {
            return;
        }
        claims.retain(|name, _| !matches!(name.as_str(), "groups" | "_claim_names" | "_claim_sources"));
        let claim = |name: &str| claims.get(name).and_then(Value::as_str).unwrap_or_default();
        let (tenant, object) = (claim("tid"), claim("oid"));
        let groups = match &self.groups {
            Some(groups) if !self.has_overage => groups::claims(groups, tenant, object),
            _ => groups::overage(tenant, object),
        };
        claims.extend(groups);
    }

    fn sign(&self, mut draft: Draft) -> String {
        let (algorithm, names_key) = match self.signed_by {
            SignedBy::Nobody => (Algorithm::None, true),
            SignedBy::PublicKey => (Algorithm::Hs256WithPublicKey, true),
            SignedBy::Impostor => (Algorithm::Rs256, false),
            _ => (Algorithm::Rs256, true),
        };
        if let Some(key) = self.signed_by.key(&self.state.keys()) {
            draft.key = key;
        }
        for (name, value) in [("alg", algorithm.name()), ("kid", &draft.key.id)] {
            if !self.header.contains_key(name) && (names_key || name != "kid") {
                draft.header.insert(name.to_owned(), json!(value));
            }
        }
        match self.kind {
            Kind::Graph => draft.sign_other(&random_text()),
            _ => draft.sign(algorithm),
        }
    }
}

/// No browser has this session.
const SESSION: &str = "007d8f10-0000-4000-8000-000000000000";
