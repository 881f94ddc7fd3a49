//! The token of a person who called with an access token: got with that token, and kept with it.

use std::sync::Arc;

use aws_lc_rs::digest::{SHA256, digest};
use azure_auth_policy::Guid;
use futures_util::FutureExt;
use secrecy::SecretString;

use super::source::{self, FailureKey, FlightKey, TokenOutcome, TokenSource, WantedToken};
use super::token_request::{self, NoToken};
use crate::io::provider::cached::Snapshot;
use crate::io::provider::observed::Asked;
use crate::model::downstream::tokens_in_hand::{Assertion, TokenInHand};
use crate::model::unix_time::UnixTime;
use crate::rules::downstream::grant::Grant;
use crate::rules::downstream::graph;
use crate::rules::downstream::token_answer::GrantedTokens;

/// The access token that a caller sent, and what is known of it.
#[derive(Clone)]
pub(crate) struct Caller {
    pub(crate) assertion: Assertion,
    /// Whose token endpoint is asked: never `common`.
    pub(crate) tenant: Guid,
    /// The end of the caller's own token, after which nothing is done for them.
    pub(crate) ends_at: UnixTime,
}

impl Caller {
    pub(super) fn hash(&self) -> [u8; 32] {
        let mut hash = [0; 32];
        hash.copy_from_slice(digest(&SHA256, &self.assertion.0).as_ref());
        hash
    }
}

impl TokenSource {
    /// A token with these permissions for the person behind a caller's access token.
    pub(crate) async fn on_behalf_of(
        self: &Arc<Self>,
        caller: Caller,
        wanted: &WantedToken,
        before: Option<&Arc<TokenInHand>>,
    ) -> TokenOutcome {
        let hash = caller.hash();
        let ask = || self.clone().exchange(caller.clone(), hash, wanted.clone(), before.cloned()).boxed();
        self.join(FlightKey::Assertion(hash, wanted.resource), wanted, ask).await
    }

    /// The same while one still serves; nobody waits for it. `then`: what becomes of it.
    pub(crate) fn exchange_behind(
        self: &Arc<Self>,
        caller: Caller,
        wanted: WantedToken,
        before: Arc<TokenInHand>,
        then: impl FnOnce(TokenOutcome) + Send + 'static,
    ) {
        let hash = caller.hash();
        let key = FlightKey::Assertion(hash, wanted.resource);
        self.begin_behind(key, || self.clone().exchange(caller, hash, wanted, Some(before)), then);
    }

    async fn exchange(
        self: Arc<Self>,
        caller: Caller,
        hash: [u8; 32],
        wanted: WantedToken,
        before: Option<Arc<TokenInHand>>,
    ) -> TokenOutcome {
        let snapshot = self.snapshot().await?;
        let failure = FailureKey::Assertion(hash, wanted.resource);
        if let Some(problem) = self.recent_failure(failure, &wanted) {
            return Err(problem);
        }
        let graph = graph::uri(&snapshot.metadata);
        let uri = wanted.resource.uri(&graph);
        let before = before.as_deref().map(|before| &before.held);
        let mut granted = self.granted_for(&snapshot, &caller, uri, &wanted.and(before)).await;
        // Where somebody does not agree to all of that any more, nobody loses what they still agree to.
        if let Some(names) = wanted.alone(before)
            && token_request::lacks_consent(&granted)
        {
            granted = self.granted_for(&snapshot, &caller, uri, &names).await;
        }
        let granted = granted
            .map_err(|no_token| source::problem(no_token, &wanted.scopes(uri)))
            .and_then(|granted| wanted.check(&granted, uri).map(|()| granted.token));
        match granted {
            Ok(mut token) => {
                token.ends_at = token.ends_at.min(caller.ends_at);
                self.in_hand(wanted.resource, token)
            }
            Err(problem) => self.failed(failure, &wanted, problem),
        }
    }

    async fn granted_for(
        &self,
        snapshot: &Snapshot,
        caller: &Caller,
        uri: &str,
        names: &[String],
    ) -> Result<GrantedTokens, NoToken> {
        // What was accepted is a text of visible letters.
        let assertion = SecretString::from(String::from_utf8_lossy(&caller.assertion.0).into_owned());
        let grant = |scopes: &[String], claims: Option<&str>| Grant::on_behalf_of(&assertion, scopes, claims);
        self.request(snapshot, Some(caller.tenant), (uri, names), (Asked::OnBehalfOf, grant)).await
    }
}
