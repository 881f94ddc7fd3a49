//! The groups of people who are in too many for a token: looked up in Microsoft Graph, as the person.

use std::sync::Arc;

use futures_util::FutureExt;
use secrecy::{ExposeSecret, SecretString};
use thiserror::Error;

use super::failures::Failures;
use super::flights::Flights;
use super::on_behalf_of::Caller;
use super::source::{self, TokenSource};
use super::token_problem::{TokenProblem, Unavailable};
use crate::io::clock;
use crate::io::provider::cached::Snapshot;
use crate::io::provider::member_groups::{self, MemberGroupsError};
use crate::io::provider::observed::Asked;
use crate::model::callers::groups::{Groups, RelevantGroups};
use crate::model::downstream::permission::{Consent, Permission};
use crate::model::downstream::tokens_in_hand::TokenInHand;
use crate::model::refusals::diagnosis::{Details, Diagnosed};
use crate::model::refusals::reason::Reason;
use crate::rules::downstream::grant::Grant;
use crate::rules::downstream::graph::{self, USER_READ};
use crate::rules::downstream::scopes;

/// Why groups stay unknown.
#[derive(Clone, Debug, Error)]
pub(crate) enum GroupsProblem {
    /// Usual cause: nobody agreed to `User.Read`.
    #[error("there is no token to look groups up with: {0}")]
    Token(#[from] TokenProblem),
    #[error(transparent)]
    Graph(#[from] MemberGroupsError),
}

impl GroupsProblem {
    /// To whoever waits for an answer now.
    pub(crate) fn reason(&self) -> Reason {
        match self {
            Self::Token(problem) => problem.reason(),
            Self::Graph(_) => Reason::TokensUnavailable,
        }
    }
}

impl Diagnosed for GroupsProblem {
    fn details(&self) -> Details {
        match self {
            Self::Token(problem) => problem.details(),
            Self::Graph(error) => error.details(),
        }
    }
}

/// What Microsoft Graph is asked with.
pub(crate) const PERMISSION: &[Permission] = &[Permission::of_graph(USER_READ, Consent::Person, None)];

/// Questions about callers' groups: by a hash of the access token, and the groups in question.
#[derive(Debug, Default)]
pub(super) struct Lookups {
    under_way: Arc<Flights<LookupKey, Result<Groups, GroupsProblem>>>,
    failures: Failures<LookupKey, MemberGroupsError>,
}

type LookupKey = ([u8; 32], u32);

impl TokenSource {
    /// Where Microsoft Graph is asked.
    pub(crate) fn graph_address(&self, snapshot: &Snapshot) -> String {
        graph::address(&snapshot.metadata, self.graph.as_ref())
    }

    /// Those of these groups that a person belongs to who signs in: with the token that the sign-in brought for it, or with
    /// one that its refresh token brings, in whose place the next one then is.
    pub(crate) async fn groups_at_sign_in(
        &self,
        snapshot: &Snapshot,
        token: Option<SecretString>,
        refresh_token: &mut Option<SecretString>,
        groups: &RelevantGroups,
    ) -> Result<Groups, GroupsProblem> {
        let token = match token {
            Some(token) => token,
            None => self.token_of_sign_in(snapshot, refresh_token).await?,
        };
        self.look_up(snapshot, &token, groups).await
    }

    /// The same of the person behind a caller's access token, which names none because they are too many: asked once for all
    /// who wait, and not again at once where Graph said nothing. `token`: one for Graph, of the same person.
    pub(crate) async fn groups_of_caller(
        self: &Arc<Self>,
        caller: &Caller,
        token: &Arc<TokenInHand>,
        groups: &RelevantGroups,
    ) -> Result<Groups, GroupsProblem> {
        let snapshot = self.snapshot().await?;
        let key = (caller.hash(), groups.fingerprint());
        if let Some(error) = self.lookups.failures.find(&key, clock::now()) {
            return Err(error.into());
        }
        let (source, token, groups) = (self.clone(), token.clone(), groups.clone());
        let ask = || async move {
            let found = source.look_up(&snapshot, &token.held.secret, &groups).await;
            if let Err(GroupsProblem::Graph(error)) = &found {
                source.lookups.failures.note(key, error.retry_after(), error.clone());
            }
            found
        };
        let Some(found) = self.lookups.under_way.join(key, || ask().boxed()).await else {
            return Err(TokenProblem::from(Unavailable::Waiting).into());
        };
        found
    }

    async fn look_up(
        &self,
        snapshot: &Snapshot,
        token: &SecretString,
        groups: &RelevantGroups,
    ) -> Result<Groups, GroupsProblem> {
        let address = self.graph_address(snapshot);
        Ok(member_groups::look_up(&self.provider.transport, &address, token, groups).await?)
    }

    async fn token_of_sign_in(
        &self,
        snapshot: &Snapshot,
        refresh_token: &mut Option<SecretString>,
    ) -> Result<SecretString, TokenProblem> {
        let Some(used) = refresh_token.clone() else { return Err(not_agreed(snapshot)) };
        let uri = graph::uri(&snapshot.metadata);
        let grant = |scopes: &[String], claims: Option<&str>| Grant::refresh(&used, scopes, claims);
        let granted = self
            .request(snapshot, None, (&uri, &[USER_READ]), (Asked::Refresh, grant))
            .await
            .map_err(|no_token| source::problem(no_token, &[scopes::scope(&uri, USER_READ)]))?;
        // The newest stays, whatever the token is good for.
        if let Some(next) = granted.refresh_token.filter(|next| next.expose_secret() != used.expose_secret()) {
            *refresh_token = Some(next);
        }
        if granted.not_granted.is_empty() { Ok(granted.token.secret) } else { Err(not_agreed(snapshot)) }
    }
}

fn not_agreed(snapshot: &Snapshot) -> TokenProblem {
    TokenProblem::NotGranted { scopes: vec![scopes::scope(&graph::uri(&snapshot.metadata), USER_READ)] }
}
