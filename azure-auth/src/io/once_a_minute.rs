//! What strangers may cause without end, and the log shall have once.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::model::moment::Moment;

const MINUTE: Duration = Duration::from_secs(60);

/// Lets one line of each kind pass in a minute, and counts those that it held back.
///
/// Kinds are words of ours, of which there are few: nothing from outside grows the list.
#[derive(Debug, Default)]
pub(crate) struct OnceAMinute {
    kinds: Mutex<Vec<Kind>>,
}

#[derive(Debug)]
struct Kind {
    name: &'static str,
    passed_at: Moment,
    held_back: u64,
}

impl OnceAMinute {
    /// How many of this kind were held back since the last one passed, if this one passes.
    pub(crate) fn passes(&self, name: &'static str, now: Moment) -> Option<u64> {
        // Nothing under this lock can panic half-way.
        let mut kinds = self.kinds.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(kind) = kinds.iter_mut().find(|kind| kind.name == name) else {
            kinds.push(Kind { name, passed_at: now, held_back: 0 });
            return Some(0);
        };
        if now.since(kind.passed_at) < MINUTE {
            kind.held_back += 1;
            return None;
        }
        kind.passed_at = now;
        Some(std::mem::take(&mut kind.held_back))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_of_each_kind_passes_in_a_minute_and_says_how_many_did_not() {
        let lines = OnceAMinute::default();
        let at = |seconds: u64| Moment::after(Duration::from_secs(seconds));
        assert_eq!(lines.passes("a", at(0)), Some(0));
        assert_eq!(lines.passes("b", at(0)), Some(0), "another kind");
        for seconds in [0, 1, 59] {
            assert_eq!(lines.passes("a", at(seconds)), None, "{seconds} s");
        }
        assert_eq!(lines.passes("a", at(60)), Some(3));
        assert_eq!(lines.passes("a", at(119)), None);
        assert_eq!(lines.passes("a", at(200)), Some(1));
    }
}
