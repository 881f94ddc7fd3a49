//! Where tokens for other APIs come from: the provider, asked once for all who wait.

use std::hash::Hash;
use std::sync::{Arc, Mutex};

use azure_auth_policy::Guid;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;

use super::failures::Failures;
use super::flights::Flights;
use super::groups::Lookups;
use super::token_problem::{NotKept, TokenProblem, Unavailable};
use super::token_request::{self, NoToken};
use crate::io::credential::ClientCredential;
use crate::io::generations::Generations;
use crate::io::provider::cached::{Provider, Snapshot};
use crate::io::provider::observed::Asked;
use crate::io::{clock, entropy};
use crate::model::downstream::held_token::HeldToken;
use crate::model::downstream::permission::ResourceName;
use crate::model::downstream::tokens_in_hand::{TokenInHand, TokenRoom, TokensInHand};
use crate::model::sessions::session::SessionId;
use crate::model::settings::configuration::Configuration;
use crate::model::settings::origin::Origin;
use crate::rules::downstream::grant::Grant;
use crate::rules::downstream::refusal::{RefusalKind, TokenRefusal};
use crate::rules::downstream::token_answer::{self, GrantedTokens, TokenAnswerError};
pub(crate) use crate::rules::downstream::wanted_token::WantedToken;
use crate::rules::downstream::{claims_challenge, renewal, scopes, token_endpoint};

/// What a question for a token comes to.
pub(crate) type TokenOutcome = Result<Arc<TokenInHand>, TokenProblem>;

/// Everything that gets tokens for one application.
#[derive(Debug)]
pub(crate) struct TokenSource {
    pub(crate) provider: Arc<Provider>,
    pub(crate) credential: Arc<ClientCredential>,
    /// Where the program's own tokens come from, if the authority is not of one tenant.
    pub(crate) tenant: Option<Guid>,
    /// The program calls `accepts` with every answer of an API.
    pub(crate) declares_capability: bool,
    /// Where Microsoft Graph is asked, if not where the provider says.
    pub(super) graph: Option<Origin>,
    pub(super) flights: Arc<Flights<FlightKey, TokenOutcome>>,
    /// Some are of certain permissions alone, which a mark stands for.
    pub(super) failures: Failures<(FailureKey, Option<u64>)>,
    pub(super) lookups: Lookups,
    /// The program's own, of its one tenant.
    pub(crate) program: TokensInHand,
    /// The same in tenants that the program names.
    pub(super) program_elsewhere: Mutex<Generations<(Guid, ResourceName), Arc<TokenInHand>>>,
    pub(crate) room: TokenRoom,
    #[cfg(feature = "testing")]
    pub(super) given: Mutex<super::given::Given>,
}

/// What is asked for at one time at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum FlightKey {
    Session(SessionId, ResourceName),
    /// For a hash of the caller's access token, in a place of its own for each set of permissions.
    Assertion([u8; 32], ResourceName),
    Program(Option<Guid>, ResourceName),
}

/// What failed a moment ago, with what it was asked with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum FailureKey {
    /// As of a version of what brings its tokens: after a visit to the provider it is another.
    Session(SessionId, ResourceName, u64),
    Assertion([u8; 32], ResourceName),
    Program(Option<Guid>, ResourceName),
}

/// For the program's tokens in tenants that it names, in each half.
const ELSEWHERE_LIMIT: usize = 1024;

impl TokenSource {
    pub(crate) fn new(
        provider: Arc<Provider>,
        credential: Arc<ClientCredential>,
        configuration: &Configuration,
    ) -> Self {
        Self {
            provider,
            credential,
            tenant: configuration.own_tenant,
            declares_capability: configuration.handles_claims_challenges,
            graph: configuration.graph.clone(),
            flights: Arc::default(),
            failures: Failures::default(),
            lookups: Lookups::default(),
            program: TokensInHand::default(),
            program_elsewhere: Mutex::new(Generations::new(ELSEWHERE_LIMIT)),
            room: TokenRoom::default(),
            #[cfg(feature = "testing")]
            given: Mutex::default(),
        }
    }

    /// Whether there can be any tokens at all.
    pub(crate) fn check(&self) -> Result<(), NotKept> {
        if !self.provider.authority.is_entra() {
            return Err(NotKept::NotEntra);
        }
        if self.credential.is_nothing() { Err(NotKept::NoCredential) } else { Ok(()) }
    }

    /// What is known of the provider.
    pub(super) async fn snapshot(&self) -> Result<Arc<Snapshot>, TokenProblem> {
        self.check().map_err(TokenProblem::NotKept)?;
        Ok(self.provider.snapshot_for_token().await?)
    }

    /// The outcome of one question for all who wait for the same. Where whoever asked first needed something else, it is asked
    /// anew.
    pub(super) async fn join(
        &self,
        key: FlightKey,
        wanted: &WantedToken,
        ask: impl Fn() -> BoxFuture<'static, TokenOutcome>,
    ) -> TokenOutcome {
        loop {
            let mut is_ours = false;
            let ask = || {
                is_ours = true;
                ask()
            };
            let outcome = self.flights.join(key, ask).await.ok_or(Unavailable::Waiting)?;
            if is_ours || wanted.is_settled_by(&outcome) {
                return outcome;
            }
        }
    }

    /// A question whose answer nobody waits for. `then`: what becomes of it.
    pub(super) fn begin_behind<F: Future<Output = TokenOutcome> + Send + 'static>(
        &self,
        key: FlightKey,
        ask: impl FnOnce() -> F,
        then: impl FnOnce(TokenOutcome) + Send + 'static,
    ) {
        drop(self.flights.begin(key, || ask().inspect(|outcome| then(outcome.clone())).boxed()));
    }

    /// One request for permissions of an API. `tenant`: whose endpoint is asked, if not that of the authority itself. `grant`:
    /// of the scopes, and of the claims that go with them.
    pub(super) async fn request<N: AsRef<str>>(
        &self,
        snapshot: &Snapshot,
        tenant: Option<Guid>,
        (uri, names): (&str, &[N]),
        (asked, grant): (Asked, impl FnOnce(&[String], Option<&str>) -> Grant),
    ) -> Result<GrantedTokens, NoToken> {
        let claims = claims_challenge::merged(None, self.declares_capability);
        let grant = grant(&scopes::of(uri, names), claims.as_deref());
        let own = &snapshot.metadata.token_endpoint;
        let endpoint = tenant.map_or_else(|| own.clone(), |tenant| token_endpoint::of_tenant(own, tenant));
        let client = self.credential.prove(&endpoint).await.map_err(|error| NoToken::Problem(error.into()))?;
        let endpoint = (&endpoint, snapshot.metadata.client_authentication);
        let permissions: Vec<&str> = names.iter().map(AsRef::as_ref).collect();
        let wanted = token_answer::Asked { resource_uri: uri, permissions: &permissions };
        token_request::ask(&self.provider.transport, endpoint, &client, (asked, &grant), &wanted).await
    }

    /// A token that was given, for requests to use.
    pub(super) fn in_hand(&self, resource: ResourceName, held: HeldToken) -> TokenOutcome {
        let now = clock::now();
        // Without randomness all replicas are early alike.
        let random = entropy::random().map_or(0, u16::from_be_bytes);
        let renew_from = renewal::with_jitter(now, held.renew_at, random);
        let token = TokenInHand::new(resource, held, renew_from, &self.room)
            .ok_or(TokenAnswerError::Unfit { name: "access_token" })?;
        Ok(Arc::new(token))
    }
}

impl WantedToken {
    /// Whether the outcome of somebody else's question is the outcome of this one.
    pub(super) fn is_settled_by(&self, outcome: &TokenOutcome) -> bool {
        match outcome {
            Ok(token) => self.is_served_by(&token.held, None, clock::now()),
            Err(problem) => self.is_about(problem),
        }
    }

    /// Whether a problem is one of these permissions, or of all.
    pub(super) fn is_about(&self, problem: &TokenProblem) -> bool {
        match problem {
            TokenProblem::ConsentRequired { scopes, .. } | TokenProblem::NotGranted { scopes } => {
                self.names_all(scopes)
            }
            _ => true,
        }
    }

    /// A token that lacks something that is needed now serves nobody who waits.
    pub(super) fn check(&self, granted: &GrantedTokens, uri: &str) -> Result<(), TokenProblem> {
        let scopes = self.missing_from(&granted.token.granted, uri);
        if scopes.is_empty() { Ok(()) } else { Err(TokenProblem::NotGranted { scopes }) }
    }
}

/// What a refusal means to whoever waits. `scopes`: what was asked for.
pub(super) fn problem(no_token: NoToken, scopes: &[String]) -> TokenProblem {
    let TokenRefusal { error, claims, kind } = match no_token {
        NoToken::Problem(problem) => return problem,
        NoToken::Refused(refusal) => refusal,
    };
    match kind {
        RefusalKind::ConsentRequired => TokenProblem::ConsentRequired { scopes: scopes.to_vec(), error: Some(error) },
        RefusalKind::NeedsPerson => TokenProblem::InteractionRequired { error: Some(error), claims },
        RefusalKind::AssertionOver => TokenProblem::AssertionOver { error: Some(error) },
        RefusalKind::Throttled | RefusalKind::ServerFault => Unavailable::Passing.into(),
        RefusalKind::ClientRefused | RefusalKind::Other => TokenProblem::ProgramRefused(error),
    }
}

/// The same for the program itself: there is no person who could be asked.
pub(super) fn program_problem(no_token: NoToken) -> TokenProblem {
    match no_token {
        NoToken::Problem(problem) => problem,
        NoToken::Refused(TokenRefusal { kind: RefusalKind::Throttled | RefusalKind::ServerFault, .. }) => {
            Unavailable::Passing.into()
        }
        NoToken::Refused(refusal) => TokenProblem::ProgramRefused(refusal.error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::downstream::permission::Permission;
    use crate::model::refusals::reason::Reason;
    use crate::rules::downstream::refusal;

    #[test]
    fn a_problem_is_of_the_permissions_that_it_names() {
        const READ: &[Permission] = &[Permission::of("api://orders", "Read")];
        let wanted = WantedToken::of(READ).unwrap();
        let problem = |scope: &str| TokenProblem::ConsentRequired { scopes: vec![scope.to_owned()], error: None };
        assert!(
            wanted.is_about(&problem("api://orders/Read")) && !wanted.is_about(&problem("api://orders/Orders.Read"))
        );
        assert!(wanted.is_about(&TokenProblem::SessionOver), "that is everybody's");
    }

    #[test]
    fn each_refusal_of_the_provider_has_its_meaning_for_a_person_and_for_the_program() {
        for (body, of_person, of_program) in [
            (r#"{"error":"invalid_grant","error_codes":[65001]}"#, Reason::ConsentRequired, Reason::TokensRefused),
            (r#"{"error":"invalid_grant","error_codes":[50173]}"#, Reason::InteractionRequired, Reason::TokensRefused),
            (r#"{"error":"interaction_required"}"#, Reason::InteractionRequired, Reason::TokensRefused),
            (r#"{"error":"invalid_grant","error_codes":[500133]}"#, Reason::TokenExpired, Reason::TokensRefused),
            (r#"{"error":"invalid_client","error_codes":[7000222]}"#, Reason::TokensRefused, Reason::TokensRefused),
            (r#"{"error":"invalid_scope"}"#, Reason::TokensRefused, Reason::TokensRefused),
            (r#"{"error":"temporarily_unavailable"}"#, Reason::TokensUnavailable, Reason::TokensUnavailable),
            (r#"{"error":"server_error"}"#, Reason::TokensUnavailable, Reason::TokensUnavailable),
        ] {
            let refused = || NoToken::Refused(refusal::read(body.as_bytes()).unwrap());
            assert_eq!(problem(refused(), &[]).reason(), of_person, "{body}");
            assert_eq!(program_problem(refused()).reason(), of_program, "{body}");
        }
    }
}
