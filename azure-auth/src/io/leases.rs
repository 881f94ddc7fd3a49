//! Who asked first, as long as it matters.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::model::unix_time::UnixTime;

/// Leases of one process, bounded: beyond that nobody is first.
#[derive(Debug, Default)]
pub(crate) struct Leases {
    taken: Mutex<HashMap<String, UnixTime>>,
}

const LIMIT: usize = 65_536;

impl Leases {
    pub(crate) fn take(&self, name: &str, now: UnixTime, duration: Duration) -> bool {
        // Nothing under this lock can panic half-way.
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if taken.len() >= LIMIT {
            taken.retain(|_, until| *until > now);
        }
        if taken.len() >= LIMIT || taken.get(name).is_some_and(|until| *until > now) {
            return false;
        }
        taken.insert(name.to_owned(), now + duration);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: UnixTime = UnixTime(1_800_000_000);
    const MINUTE: Duration = Duration::from_secs(60);

    #[test]
    fn nobody_is_first_where_there_is_no_room_to_remember_it() {
        let leases = Leases::default();
        for number in 0..LIMIT {
            assert!(leases.take(&number.to_string(), NOW, MINUTE));
        }
        assert!(!leases.take("one more", NOW, MINUTE));
        assert!(leases.take("one more", NOW + MINUTE, MINUTE), "those before are over");
    }
}
