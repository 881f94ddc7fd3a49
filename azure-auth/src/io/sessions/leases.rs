//! Who asked first, as long as it matters.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::store::Lease;
use crate::model::moment::Moment;

/// Leases of one process, bounded. What is remembered is never pushed out to make room: whoever asks then is told that
/// there is none.
#[derive(Debug)]
pub(crate) struct Leases {
    taken: Mutex<HashMap<String, Moment>>,
    limit: usize,
}

/// How many names one process remembers.
pub(crate) const LIMIT: usize = 65_536;

impl Default for Leases {
    fn default() -> Self {
        Self::with_limit(LIMIT)
    }
}

impl Leases {
    pub(crate) fn with_limit(limit: usize) -> Self {
        Self { taken: Mutex::default(), limit }
    }

    pub(crate) fn take(&self, name: &str, now: Moment, duration: Duration) -> Lease {
        let mut taken = self.lock();
        if taken.get(name).is_some_and(|until| *until > now) {
            return Lease::Taken;
        }
        if taken.len() >= self.limit {
            taken.retain(|_, until| *until > now);
        }
        if taken.len() >= self.limit {
            return Lease::NoRoom;
        }
        taken.insert(name.to_owned(), now + duration);
        Lease::First
    }

    pub(crate) fn release(&self, name: &str) {
        self.lock().remove(name);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, Moment>> {
        // Nothing under this lock can panic half-way.
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Moment = Moment::after(Duration::from_secs(1_000_000));
    const MINUTE: Duration = Duration::from_secs(60);

    #[test]
    fn where_there_is_no_room_nobody_is_first_and_nobody_is_taken_for_second() {
        let leases = Leases::default();
        for number in 0..LIMIT {
            assert_eq!(leases.take(&number.to_string(), NOW, MINUTE), Lease::First);
        }
        assert_eq!(leases.take("one more", NOW, MINUTE), Lease::NoRoom);
        assert_eq!(leases.take("7", NOW, MINUTE), Lease::Taken, "what is remembered stays so");
        assert_eq!(leases.take("one more", NOW + MINUTE, MINUTE), Lease::First, "those before are over");
    }

    #[test]
    fn a_place_that_is_given_back_is_there_for_the_next() {
        let leases = Leases::with_limit(1);
        for name in ["a", "b", "b"] {
            assert_eq!(leases.take(name, NOW, MINUTE), Lease::First, "{name}");
            assert_eq!(leases.take("c", NOW, MINUTE), Lease::NoRoom);
            leases.release(name);
            leases.release(name);
        }
    }
}
