//! What becomes of requests and of the people behind them.

use super::catalogue::{ALL, CACHE_LOOKUPS, REFUSALS, RENEWALS, SIGN_INS};
use super::handles::{self, Counter};
use crate::model::refusals::reason::Reason;

/// The handles of one application.
#[derive(Debug)]
pub(crate) struct Meters {
    pub(crate) session_cache: CacheMeter,
    pub(crate) token_cache: CacheMeter,
}

/// How often something was known already.
#[derive(Debug)]
pub(crate) struct CacheMeter {
    hits: Counter,
    misses: Counter,
}

/// What became of a session that was to be noted as seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Renewal {
    Renewed,
    /// It ended meanwhile, or somebody else changed it.
    Over,
    /// The store did not do it.
    Failed,
}

impl Meters {
    /// Each alarm asks whether something grows, so that what can be refused begins at zero.
    pub(crate) fn new() -> Self {
        for metric in ALL {
            handles::describe(metric);
        }
        for reason in Reason::ALL {
            handles::counter(&REFUSALS, &[reason.code()]).increment(0);
        }
        handles::counter(&SIGN_INS, &[SIGNED_IN]).increment(0);
        for renewal in [Renewal::Renewed, Renewal::Over, Renewal::Failed] {
            handles::counter(&RENEWALS, &[renewal.word()]).increment(0);
        }
        Self { session_cache: CacheMeter::of("session"), token_cache: CacheMeter::of("token") }
    }
}

const SIGNED_IN: &str = "signed-in";

/// A person has a session.
pub(crate) fn signed_in() {
    handles::counter(&SIGN_INS, &[SIGNED_IN]).increment(1);
}

/// Somebody did not get one.
pub(crate) fn sign_in_failed(reason: Reason) {
    handles::counter(&SIGN_INS, &[reason.code()]).increment(1);
}

/// Somebody was refused, whether or not the log says so.
pub(crate) fn refused(reason: Reason) {
    handles::counter(&REFUSALS, &[reason.code()]).increment(1);
}

pub(crate) fn renewal(renewal: Renewal) {
    handles::counter(&RENEWALS, &[renewal.word()]).increment(1);
}

impl CacheMeter {
    fn of(cache: &'static str) -> Self {
        let counter = |outcome| handles::counter(&CACHE_LOOKUPS, &[cache, outcome]);
        Self { hits: counter("hit"), misses: counter("miss") }
    }

    #[inline]
    pub(crate) fn looked_up(&self, is_known: bool) {
        let outcome = if is_known { &self.hits } else { &self.misses };
        outcome.increment(1);
    }
}

impl Renewal {
    fn word(self) -> &'static str {
        match self {
            Self::Renewed => "renewed",
            Self::Over => "over",
            Self::Failed => "failed",
        }
    }
}
