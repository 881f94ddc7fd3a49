//! Access tokens for Microsoft Graph, which only Microsoft Graph can verify.

use serde_json::json;

use super::issuer;
use super::jwt::Draft;
use crate::memory::clock::{BACKDATED, now};
use crate::memory::random::random_text;
use crate::memory::state::State;

/// What a token for Microsoft Graph is about.
pub(crate) struct GraphToken<'s> {
    pub(crate) tenant: &'s str,
    pub(crate) client_id: &'s str,
    pub(crate) object: String,
    /// None for an application without a user.
    pub(crate) scopes: Option<String>,
    /// In seconds.
    pub(crate) lifetime: u64,
}

impl GraphToken<'_> {
    /// Opaque to relying parties: the `nonce` in the header makes it the signature of another text.
    pub(crate) fn draft(&self, state: &State) -> Draft {
        let issued = now() - BACKDATED;
        let claims = json!({
            "aud": "https://graph.microsoft.com", "iss": issuer::first_version_issuer(state, self.tenant),
            "iat": issued, "nbf": issued, "exp": now() + self.lifetime, "appid": self.client_id, "appidacr": "1",
            "oid": self.object, "scp": self.scopes, "tid": self.tenant, "uti": random_text(), "ver": "1.0",
        });
        let mut draft = Draft::new(claims, state.keys().of_tenant(self.tenant));
        draft.header.insert("nonce".to_owned(), json!(random_text()));
        draft
    }

    pub(crate) fn issue(&self, state: &State) -> String {
        self.draft(state).sign_other(&random_text())
    }
}
