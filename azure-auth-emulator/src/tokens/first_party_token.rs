//! Access tokens for APIs of Microsoft, which only these verify.

use serde_json::{Value, json};

use super::access_token::{Proof, identity_provider, some, subject};
use super::jwt::{Algorithm, Draft, members};
use crate::directory::resources::first_party::FirstParty;
use crate::directory::user::User;
use crate::memory::claims_request::ClaimsRequest;
use crate::memory::clock::{BACKDATED, now};
use crate::memory::random::random_text;
use crate::memory::state::State;

/// What a token for an API of Microsoft is about. It is of version 1.0.
pub(crate) struct FirstPartyToken<'s> {
    pub(crate) api: FirstParty,
    /// The API as the client wrote it.
    pub(crate) audience: String,
    pub(crate) tenant: &'s str,
    pub(crate) client_id: &'s str,
    pub(crate) caller: FirstPartyCaller<'s>,
    pub(crate) proof: Proof,
    pub(crate) claims: &'s ClaimsRequest,
    /// In seconds.
    pub(crate) lifetime: u64,
}

/// Who calls the API with the token.
pub(crate) enum FirstPartyCaller<'s> {
    /// The client, for a person, with these scopes.
    Person(&'s User, String),
    /// The client, for itself.
    Application { object: String, roles: Vec<String> },
}

impl FirstPartyToken<'_> {
    pub(crate) fn draft(&self, state: &State) -> Draft {
        let issued = now() - BACKDATED;
        let claims = json!({
            "aud": self.audience, "iss": format!("https://sts.windows.net/{}/", self.tenant),
            "iat": issued, "nbf": issued, "exp": now().saturating_add(self.lifetime), "aio": random_text(),
            "appid": self.client_id, "appidacr": self.proof.code(), "tid": self.tenant, "uti": random_text(), "ver": "1.0",
            "acrs": self.claims.contexts("access_token"), "xms_cc": self.claims.is_capable().then_some(["CP1"]),
        });
        let mut draft = Draft::new(claims, state.keys().of_tenant(self.tenant));
        draft.claims.extend(members(match &self.caller {
            FirstPartyCaller::Person(user, scopes) => self.person(user, scopes),
            FirstPartyCaller::Application { object, roles } => {
                json!({"oid": object, "sub": object, "roles": some(roles), "idtyp": "app"})
            }
        }));
        if self.api == FirstParty::Graph {
            draft.header.insert("nonce".to_owned(), json!(random_text()));
        }
        draft
    }

    fn person(&self, user: &User, scopes: &str) -> Value {
        let home = user.is_guest_in(self.tenant).then(|| identity_provider(user));
        json!({
            "scp": scopes, "oid": user.oid(), "sub": subject(self.tenant, self.api.application_id(), user),
            "acr": "1", "amr": ["pwd"], "idtyp": "user", "ipaddr": "127.0.0.1",
            "name": user.name, "unique_name": user.user_name, "upn": user.user_name, "idp": home,
        })
    }

    /// The token, signed. One for Microsoft Graph is opaque to all others: the `nonce` in its header makes the signature that
    /// of another text.
    pub(crate) fn issue(&self, state: &State) -> String {
        let draft = self.draft(state);
        match self.api {
            FirstParty::Graph => draft.sign_other(&random_text()),
            _ => draft.sign(Algorithm::Rs256),
        }
    }
}
