//! How long access tokens live.

use serde_json::{Value, json};

use crate::memory::random::random_text;
use crate::memory::state::State;

/// How long an access token lives, and when it should be renewed, in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Lifetime {
    pub(crate) seconds: u64,
    refresh_in: Option<u64>,
}

impl Lifetime {
    /// What a test set; otherwise between an hour and an hour and a half, another one each time, or a day for a token that
    /// can be refused before its end.
    pub(crate) fn choose(state: &State, can_be_refused: bool) -> Self {
        let set = state.lifetimes();
        let usual = if can_be_refused { A_DAY } else { 3600 + u64::from(random_text().as_bytes()[0]) * 14 };
        let seconds = set.access_token.unwrap_or(usual);
        let half = (seconds >= LONG).then_some(seconds / 2);
        Self { seconds, refresh_in: set.refresh_in.or(half) }
    }

    /// As the token answer has it.
    pub(crate) fn write(self, answer: &mut Value) {
        answer["expires_in"] = json!(self.seconds);
        answer["ext_expires_in"] = json!(self.seconds);
        if let Some(refresh_in) = self.refresh_in {
            answer["refresh_in"] = json!(refresh_in);
        }
    }
}

const A_DAY: u64 = 24 * 60 * 60;

/// Answers for tokens that live longer say when to renew them.
const LONG: u64 = 2 * 60 * 60;
