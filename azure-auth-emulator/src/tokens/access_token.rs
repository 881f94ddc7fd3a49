//! Access tokens for web APIs, of both versions.

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::groups;
use super::issuer;
use super::jwt::{Draft, Members, members};
use crate::directory::application::Application;
use crate::directory::authority::Authority;
use crate::directory::tenant::Tenant;
use crate::directory::user::User;
use crate::memory::claims_request::ClaimsRequest;
use crate::memory::clock::{BACKDATED, now};
use crate::memory::random::random_text;
use crate::memory::state::State;

/// What an access token says, before it is written in the shape of a version.
#[derive(Clone, Debug)]
pub(crate) struct AccessToken<'s> {
    pub(crate) tenant: &'s str,
    pub(crate) client: &'s Application,
    pub(crate) resource: &'s Application,
    /// The API as the client asked for it. Version 1.0 repeats it; version 2.0 always has the client id.
    pub(crate) audience: String,
    pub(crate) version: u8,
    pub(crate) caller: Caller<'s>,
    pub(crate) proof: Proof,
    pub(crate) claims: &'s ClaimsRequest,
    /// In seconds.
    pub(crate) lifetime: u64,
}

/// Who calls the API with the token.
#[derive(Clone, Debug)]
pub(crate) enum Caller<'s> {
    /// The client, for a person.
    User { user: &'s User, sid: &'s str, scopes: Vec<String>, roles: Vec<String> },
    /// The client, for itself.
    Application { roles: Vec<String> },
}

/// How the client proved itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Proof {
    /// Not at all: everybody can read a secret in a page.
    Nothing,
    Secret,
    /// With a signature: its own, or that of another service.
    Assertion,
}

impl Proof {
    /// `azpacr`, and `appidacr` at version 1.0.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Nothing => "0",
            Self::Secret => "1",
            Self::Assertion => "2",
        }
    }
}

impl AccessToken<'_> {
    pub(crate) fn draft(&self, state: &State) -> Draft {
        let issued = now() - BACKDATED;
        let mut draft = Draft::new(
            json!({
                "iat": issued, "nbf": issued, "exp": now().saturating_add(self.lifetime),
                "aio": random_text(), "rh": "1.AX0A", "uti": random_text(), "tid": self.tenant,
                "acrs": self.claims.contexts("access_token"), "xms_cc": self.is_told_of_capability().then_some(["CP1"]),
            }),
            state.keys().of_tenant(self.tenant),
        );
        let is_first = self.version == 1;
        let of_version = if is_first { self.first_version(state) } else { self.second_version(state) };
        let of_caller = match &self.caller {
            Caller::User { user, scopes, roles, .. } if is_first => self.first_version_user(state, user, scopes, roles),
            Caller::User { user, sid, scopes, roles, .. } => self.user(user, sid, scopes, roles),
            Caller::Application { roles } => self.application(roles),
        };
        draft.claims.extend(members(of_version));
        draft.claims.extend(members(of_caller));
        if let Caller::User { user, .. } = &self.caller {
            draft.claims.extend(self.of_people(user));
        }
        draft
    }

    /// Whether the API wants to know that the client can deal with its demands, and it can.
    fn is_told_of_capability(&self) -> bool {
        self.resource.details.has_access_token_claim("xms_cc") && self.claims.is_capable()
    }

    /// What the registration of the API wants tokens of people to say.
    fn of_people(&self, user: &User) -> Members {
        let details = &self.resource.details;
        let listed: &[String] = if details.leaves_out_groups { &[] } else { &user.groups };
        let mut claims = groups::claims(listed, self.tenant, &user.oid());
        claims.extend(details.has_idtyp_of_people.then(|| ("idtyp".to_owned(), json!("user"))));
        claims
    }

    fn first_version(&self, state: &State) -> Value {
        json!({
            "ver": "1.0", "iss": issuer::first_version_issuer(state, self.tenant), "aud": self.audience,
            "appid": self.client.client_id, "appidacr": self.proof.code(),
        })
    }

    fn second_version(&self, state: &State) -> Value {
        json!({
            "ver": "2.0", "iss": issuer::issuer(state, &Authority::Tenant(self.tenant.to_owned())),
            "aud": self.resource.client_id, "azp": self.client.client_id, "azpacr": self.proof.code(),
        })
    }

    fn user(&self, user: &User, sid: &str, scopes: &[String], roles: &[String]) -> Value {
        let home = user.is_guest_in(self.tenant).then(|| identity_provider(user));
        json!({
            "scp": scopes.join(" "), "roles": some(roles), "oid": user.oid(),
            "sub": subject(self.tenant, &self.resource.client_id, user), "sid": sid,
            "name": user.name, "preferred_username": user.user_name,
            "acct": home.as_ref().map(|_| 1), "idp": home,
        })
    }

    fn first_version_user(&self, state: &State, user: &User, scopes: &[String], roles: &[String]) -> Value {
        let (given_name, family_name) = user.name.split_once(' ').unwrap_or((&user.name, ""));
        let home = user.is_guest_in(self.tenant).then(|| identity_provider(user));
        json!({
            "scp": scopes.join(" "), "roles": some(roles), "oid": user.oid(),
            "sub": subject(self.tenant, &self.resource.client_id, user),
            "acr": "1", "amr": ["pwd"], "ipaddr": "127.0.0.1",
            "name": user.name, "given_name": given_name, "family_name": family_name,
            "unique_name": user.user_name, "upn": principal_name(state, self.tenant, user), "email": home.as_ref().and(user.email.as_ref()),
            "acct": home.as_ref().map(|_| 1), "idp": home,
        })
    }

    /// The object is the application's own account in the tenant. Without a permission the token has no
    /// `roles`, and is issued all the same.
    fn application(&self, roles: &[String]) -> Value {
        let object = self.client.oid(self.tenant);
        let idtyp = self.resource.with_idtyp.then_some("app");
        json!({"oid": object, "sub": object, "roles": some(roles), "idtyp": idtyp})
    }
}

/// `sub`: another text for every application (OpenID Connect Core 1.0 §8.1).
pub(crate) fn subject(tenant: &str, client_id: &str, user: &User) -> String {
    URL_SAFE_NO_PAD.encode(digest(&SHA256, format!("{tenant}|{client_id}|{}", user.id).as_bytes()))
}

/// `idp` of a guest: where the person is at home.
pub(crate) fn identity_provider(user: &User) -> String {
    format!("https://sts.windows.net/{}/", user.home_tenant())
}

/// `upn`, in which a guest's address is a part of a name in the tenant.
fn principal_name(state: &State, tenant: &str, user: &User) -> String {
    let domain = state.directory.tenants.iter().find(|candidate| candidate.id == tenant).map(Tenant::domains);
    match domain.and_then(|domains| domains.first()) {
        Some(domain) if user.is_guest_in(tenant) => {
            format!("{}#EXT#@{domain}", user.user_name.replace('@', "_"))
        }
        _ => user.user_name.clone(),
    }
}

pub(super) fn some(roles: &[String]) -> Option<&[String]> {
    Some(roles).filter(|roles| !roles.is_empty())
}
