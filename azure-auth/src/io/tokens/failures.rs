//! What failed a moment ago is not asked again at once.

use std::hash::Hash;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::source::{FailureKey, TokenOutcome, TokenSource, WantedToken};
use super::token_problem::TokenProblem;
use crate::io::clock;
use crate::io::generations::Generations;
use crate::model::unix_time::UnixTime;
use crate::rules::downstream::renewal;

/// Failures in each half of those that are remembered.
const LIMIT: usize = 4096;

/// Questions that failed, by what they were asked with: a question with something new is another one.
#[derive(Debug)]
pub(crate) struct Failures<K, P = TokenProblem> {
    recent: Mutex<Generations<K, (UnixTime, P)>>,
}

impl<K: Copy + Eq + Hash, P: Clone> Default for Failures<K, P> {
    fn default() -> Self {
        Self { recent: Mutex::new(Generations::new(LIMIT)) }
    }
}

impl<K: Copy + Eq + Hash, P: Clone> Failures<K, P> {
    /// Why the same question failed, until it may be asked again.
    pub(crate) fn find(&self, key: &K, now: UnixTime) -> Option<P> {
        self.lock().find(key, |(until, problem)| (now < *until).then(|| problem.clone()))
    }

    /// `retry_after`: when the provider wants to be asked again, if it said so.
    pub(crate) fn note(&self, key: K, retry_after: Option<Duration>, problem: P) {
        let until = renewal::after_failure(clock::now(), retry_after);
        self.lock().insert(key, (until, problem), 1);
    }

    fn lock(&self) -> MutexGuard<'_, Generations<K, (UnixTime, P)>> {
        // Nothing under this lock can panic half-way.
        self.recent.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl TokenSource {
    /// Why the same question failed a moment ago. Of several handlers each may miss a permission of its own.
    pub(super) fn recent_failure(&self, key: FailureKey, wanted: &WantedToken) -> Option<TokenProblem> {
        let now = clock::now();
        [None, Some(wanted.mark())].into_iter().find_map(|of| self.failures.find(&(key, of), now))
    }

    /// Remembers a failure until the question may be asked again.
    pub(super) fn failed(&self, key: FailureKey, wanted: &WantedToken, problem: TokenProblem) -> TokenOutcome {
        let of = problem.is_of_permissions().then(|| wanted.mark());
        self.failures.note((key, of), problem.retry_after(), problem.clone());
        Err(problem)
    }
}
