//! What is said once in a while, however often it happens.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// A line of the log that strangers, or a server that is down, would write thousands of times.
#[derive(Debug, Default)]
pub(crate) struct OnceAMinute(Mutex<Option<Instant>>);

const MINUTE: Duration = Duration::from_secs(60);

impl OnceAMinute {
    /// Whether it is to be said now: it was not, for a minute.
    pub(crate) fn is_due(&self) -> bool {
        self.is_due_at(Instant::now())
    }

    fn is_due_at(&self, now: Instant) -> bool {
        // Nothing under this lock can panic half-way.
        let mut said = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_due = said.is_none_or(|said| now.saturating_duration_since(said) >= MINUTE);
        if is_due {
            *said = Some(now);
        }
        is_due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_said_at_once_and_then_once_a_minute() {
        let (line, begun) = (OnceAMinute::default(), Instant::now());
        for (seconds, expected) in
            [(0, true), (0, false), (59, false), (60, true), (61, false), (119, false), (500, true)]
        {
            assert_eq!(line.is_due_at(begun + Duration::from_secs(seconds)), expected, "after {seconds} s");
        }
    }
}
