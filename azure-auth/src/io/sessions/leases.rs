//! Who asked first, as long as it matters.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::store::{Lease, LeaseKey};
use crate::model::moment::Moment;

/// Leases of one process, bounded. What is remembered is never pushed out to make room: whoever asks then is told that
/// there is none.
#[derive(Debug)]
pub(crate) struct Leases {
    state: Mutex<State>,
    limit: usize,
}

#[derive(Debug, Default)]
struct State {
    taken: HashMap<String, Taken>,
    last_key: u64,
}

#[derive(Clone, Copy, Debug)]
struct Taken {
    until: Moment,
    by: LeaseKey,
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
        Self { state: Mutex::default(), limit }
    }

    pub(crate) fn take(&self, name: &str, now: Moment, duration: Duration) -> Lease {
        let State { taken, last_key } = &mut *self.state();
        if taken.get(name).is_some_and(|lease| lease.until > now) {
            return Lease::Taken;
        }
        if taken.len() >= self.limit {
            taken.retain(|_, lease| lease.until > now);
        }
        if taken.len() >= self.limit {
            return Lease::NoRoom;
        }
        *last_key += 1;
        let by = LeaseKey(*last_key);
        taken.insert(name.to_owned(), Taken { until: now + duration, by });
        Lease::First(by)
    }

    pub(crate) fn release(&self, name: &str, key: LeaseKey) {
        let State { taken, .. } = &mut *self.state();
        if taken.get(name).is_some_and(|lease| lease.by == key) {
            taken.remove(name);
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing under this lock can panic half-way.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Moment = Moment::after(Duration::from_secs(1_000_000));
    const MINUTE: Duration = Duration::from_secs(60);

    fn is_first(lease: Lease) -> bool {
        matches!(lease, Lease::First(_))
    }

    #[test]
    fn where_there_is_no_room_nobody_is_first_and_nobody_is_taken_for_second() {
        let leases = Leases::default();
        for number in 0..LIMIT {
            assert!(is_first(leases.take(&number.to_string(), NOW, MINUTE)));
        }
        assert_eq!(leases.take("one more", NOW, MINUTE), Lease::NoRoom);
        assert_eq!(leases.take("7", NOW, MINUTE), Lease::Taken, "what is remembered stays so");
        assert!(is_first(leases.take("one more", NOW + MINUTE, MINUTE)), "those before are over");
    }

    #[test]
    fn a_place_that_is_given_back_is_there_for_the_next() {
        let leases = Leases::with_limit(1);
        for name in ["a", "b", "b"] {
            let Lease::First(key) = leases.take(name, NOW, MINUTE) else { panic!("{name}") };
            assert_eq!(leases.take("c", NOW, MINUTE), Lease::NoRoom);
            leases.release(name, key);
            leases.release(name, key);
        }
    }
}
