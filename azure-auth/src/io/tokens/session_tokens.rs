//! The token of a person who has a session: kept beside it, renewed by one of all who notice.

use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use secrecy::ExposeSecret;

use super::kept_session::{Access, KeptSession, Slot};
use super::source::{self, FailureKey, FlightKey, TokenOutcome, TokenSource, WantedToken};
use super::token_problem::{TokenProblem, Unavailable};
use super::token_request::{self, NoToken};
use crate::io::clock;
use crate::io::provider::cached::Snapshot;
use crate::io::provider::observed::Asked;
use crate::io::sessions::store::{Lease, StoreOutcome};
use crate::model::downstream::held_token::HeldToken;
use crate::model::downstream::tokens_in_hand::TokenInHand;
use crate::rules::downstream::grant::Grant;
use crate::rules::downstream::graph;
use crate::rules::downstream::refusal::RefusalKind;
use crate::rules::downstream::scopes;
use crate::rules::downstream::token_answer::GrantedTokens;

/// For one renewal, the way to the store included: whoever has begun it and disappeared is taken for gone after that.
pub(crate) const LEASE: Duration = Duration::from_secs(15);

/// For whoever waits for somebody else's.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// Between two looks at whether somebody else has come to an end.
const POLL: Duration = Duration::from_millis(100);

impl TokenSource {
    /// A token with these permissions for the person of a session.
    pub(crate) async fn of_session(self: &Arc<Self>, session: &KeptSession, wanted: &WantedToken) -> TokenOutcome {
        let ask = || self.clone().get(session.clone(), wanted.clone(), None).boxed();
        self.join(FlightKey::Session(session.id(), wanted.resource), wanted, ask).await
    }

    /// Renews a token that still serves; nobody waits for it. `then`: what becomes of it.
    pub(crate) fn renew_behind(
        self: &Arc<Self>,
        session: KeptSession,
        wanted: WantedToken,
        before: Arc<TokenInHand>,
        then: impl FnOnce(TokenOutcome) + Send + 'static,
    ) {
        let key = FlightKey::Session(session.id(), wanted.resource);
        self.begin_behind(key, || self.clone().get(session, wanted, Some(before)), then);
    }

    async fn get(
        self: Arc<Self>,
        session: KeptSession,
        wanted: WantedToken,
        before: Option<Arc<TokenInHand>>,
    ) -> TokenOutcome {
        let than = before.as_ref().map(|before| &before.held);
        let snapshot = self.snapshot().await?;
        let graph = graph::uri(&snapshot.metadata);
        let uri = wanted.resource.uri(&graph);
        let lease = session.lease_name(uri);
        let begun = clock::moment();
        let key = loop {
            if let Some(held) = kept(&session, uri, &wanted, than).await? {
                return self.in_hand(wanted.resource, held);
            }
            match session.store.lease(&lease, clock::moment(), LEASE).await? {
                Lease::First(key) => break key,
                Lease::Taken if clock::moment().since(begun) < PATIENCE => tokio::time::sleep(POLL).await,
                Lease::Taken | Lease::NoRoom => return Err(Unavailable::Waiting.into()),
            }
        };
        let outcome = self.renew(&snapshot, &session, uri, &wanted, than).await;
        // Otherwise it is over with its time.
        let _ = session.store.release(&lease, key).await;
        outcome
    }

    /// By the one who has the lease.
    async fn renew(
        &self,
        snapshot: &Snapshot,
        session: &KeptSession,
        uri: &str,
        wanted: &WantedToken,
        than: Option<&HeldToken>,
    ) -> TokenOutcome {
        let before = session.token(uri).await?;
        // Somebody may have come to an end between the look and the lease.
        if let Some(held) = before.value.as_ref().filter(|held| wanted.is_served_by(held, than, clock::now())) {
            return self.in_hand(wanted.resource, held.clone());
        }
        let mut access = session.access().await?;
        let failure = |version| FailureKey::Session(session.id(), wanted.resource, version);
        if let Some(problem) = self.recent_failure(failure(access.version), wanted) {
            return Err(problem);
        }
        let mut granted = self.granted(snapshot, &access, uri, wanted, before.value.as_ref()).await;
        if matches!(&granted, Err(NoToken::Refused(refusal)) if refusal.kind == RefusalKind::NeedsPerson) {
            // Somebody else may have put another one in its place, and this one is worth nothing any more.
            let now = session.access().await?;
            if text(&now) != text(&access) {
                access = now;
                granted = self.granted(snapshot, &access, uri, wanted, before.value.as_ref()).await;
            }
        }
        match granted {
            Ok(granted) => {
                let kept = keep(session, access, uri, before.version, &granted).await;
                if let Err(problem) = kept.and_then(|()| wanted.check(&granted, uri)) {
                    return self.failed(failure(session.access().await?.version), wanted, problem);
                }
                self.in_hand(wanted.resource, granted.token)
            }
            Err(no_token) => {
                let problem = source::problem(no_token, &wanted.scopes(uri));
                self.failed(failure(access.version), wanted, problem)
            }
        }
    }

    /// With all that the API's tokens were asked with. Where the person does not agree to all of that any more, nobody loses
    /// what they still agree to.
    async fn granted(
        &self,
        snapshot: &Snapshot,
        access: &Slot<Access>,
        uri: &str,
        wanted: &WantedToken,
        before: Option<&HeldToken>,
    ) -> Result<GrantedTokens, NoToken> {
        let granted = self.refresh(snapshot, access, uri, &wanted.and(before)).await;
        match wanted.alone(before) {
            Some(names) if token_request::lacks_consent(&granted) => self.refresh(snapshot, access, uri, &names).await,
            _ => granted,
        }
    }

    async fn refresh(
        &self,
        snapshot: &Snapshot,
        access: &Slot<Access>,
        uri: &str,
        names: &[String],
    ) -> Result<GrantedTokens, NoToken> {
        let Some(refresh_token) = &access.value.refresh_token else {
            let scopes = scopes::of(uri, names);
            return Err(NoToken::Problem(TokenProblem::ConsentRequired { scopes, error: None }));
        };
        let grant = |scopes: &[String], claims: Option<&str>| Grant::refresh(refresh_token, scopes, claims);
        self.request(snapshot, None, (uri, names), (Asked::Refresh, grant)).await
    }
}

/// A token that serves, as the store has it.
async fn kept(
    session: &KeptSession,
    uri: &str,
    wanted: &WantedToken,
    than: Option<&HeldToken>,
) -> Result<Option<HeldToken>, TokenProblem> {
    let Slot { value, .. } = session.token(uri).await?;
    Ok(value.filter(|held| wanted.is_served_by(held, than, clock::now())))
}

/// Keeps what was granted: what brings further tokens first, then the token. Where somebody else wrote meanwhile, what they
/// wrote is newer and stays; where the session ended meanwhile, nothing is left.
pub(crate) async fn keep(
    session: &KeptSession,
    access: Slot<Access>,
    uri: &str,
    token_version: u64,
    granted: &GrantedTokens,
) -> Result<(), TokenProblem> {
    if let Some(refresh_token) = &granted.refresh_token {
        let renewed = Access { refresh_token: Some(refresh_token.clone()), ..access.value };
        check(&session.keep_access(access.version, &renewed).await?)?;
    }
    check(&session.keep_token(uri, token_version, &granted.token).await?)
}

fn check(outcome: &StoreOutcome) -> Result<(), TokenProblem> {
    if *outcome == StoreOutcome::Gone { Err(TokenProblem::SessionOver) } else { Ok(()) }
}

fn text(access: &Slot<Access>) -> Option<&str> {
    access.value.refresh_token.as_ref().map(ExposeSecret::expose_secret)
}

#[cfg(test)]
#[path = "session_tokens_tests.rs"]
mod tests;
