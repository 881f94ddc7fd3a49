//! The program's own tokens (RFC 6749 §4.4), for work that is done for nobody in particular.

use std::sync::{Arc, PoisonError};

use azure_auth_policy::Guid;
use futures_util::FutureExt;

use super::source::{self, FailureKey, FlightKey, TokenOutcome, TokenSource};
use super::token_problem::{NotKept, TokenProblem, Unavailable};
use crate::io::clock;
use crate::io::provider::observed::Asked;
use crate::model::downstream::permission::{DEFAULT, ResourceName};
use crate::model::downstream::tokens_in_hand::TokenInHand;
use crate::rules::downstream::grant::Grant;
use crate::rules::downstream::renewal::Standing;
use crate::rules::downstream::{graph, renewal};

impl TokenSource {
    /// The program's token for an API, in the tenant that it is asked for, or its only one.
    pub(crate) async fn of_program(self: &Arc<Self>, resource: ResourceName, tenant: Option<Guid>) -> TokenOutcome {
        let now = clock::now();
        let key = FlightKey::Program(tenant, resource);
        let ask = || self.clone().renew_own(resource, tenant).boxed();
        let serves = |token: &Arc<TokenInHand>| renewal::judge(&token.held, now) != Standing::Over;
        let Some(token) = self.known(resource, tenant).filter(serves) else {
            return self.flights.join(key, ask).await.unwrap_or_else(|| Err(Unavailable::Waiting.into()));
        };
        if token.begins_renewal(now, renewal::after_failure(now, None)) {
            drop(self.flights.begin(key, ask));
        }
        Ok(token)
    }

    /// Puts away a token that an API does not take any more.
    pub(crate) fn forget_own(&self, token: &Arc<TokenInHand>) {
        self.program.remove(token);
        // Nothing under this lock can panic half-way.
        let mut elsewhere = self.program_elsewhere.lock().unwrap_or_else(PoisonError::into_inner);
        elsewhere.retain(|_, other| !Arc::ptr_eq(other, token));
    }

    /// A token that was got before.
    pub(crate) fn known(&self, resource: ResourceName, tenant: Option<Guid>) -> Option<Arc<TokenInHand>> {
        let Some(tenant) = tenant else { return self.program.find(resource) };
        // Nothing under this lock can panic half-way.
        let mut elsewhere = self.program_elsewhere.lock().unwrap_or_else(PoisonError::into_inner);
        elsewhere.find(&(tenant, resource), |token| Some(token.clone()))
    }

    async fn renew_own(self: Arc<Self>, resource: ResourceName, tenant: Option<Guid>) -> TokenOutcome {
        let snapshot = self.snapshot().await?;
        let failure = FailureKey::Program(tenant, resource);
        if let Some(problem) = self.failures.find(&(failure, None), clock::now()) {
            return Err(problem);
        }
        let of = tenant.or(snapshot.metadata.tenant).or(self.tenant).ok_or(TokenProblem::NotKept(NotKept::NoTenant))?;
        let graph = graph::uri(&snapshot.metadata);
        let uri = resource.uri(&graph);
        let grant = (Asked::ClientCredentials, Grant::client_credentials);
        match self.request(&snapshot, Some(of), (uri, &[DEFAULT]), grant).await {
            Ok(granted) => {
                let token = self.in_hand(resource, granted.token)?;
                self.keep_own(resource, tenant, &token);
                Ok(token)
            }
            Err(no_token) => {
                let problem = source::program_problem(no_token);
                self.failures.note((failure, None), problem.retry_after(), problem.clone());
                Err(problem)
            }
        }
    }

    fn keep_own(&self, resource: ResourceName, tenant: Option<Guid>, token: &Arc<TokenInHand>) {
        match tenant {
            None => self.program.put(token),
            Some(tenant) => {
                let mut elsewhere = self.program_elsewhere.lock().unwrap_or_else(PoisonError::into_inner);
                elsewhere.insert((tenant, resource), token.clone(), 1);
            }
        }
    }
}
