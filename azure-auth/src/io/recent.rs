//! What was seen lately, within bounds.

use std::collections::HashSet;
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};

/// Remembers what it was shown. When it is full, what was not shown again since it was half full is forgotten.
#[derive(Debug)]
pub(crate) struct Recent<T>(Mutex<Halves<T>>);

#[derive(Debug)]
struct Halves<T> {
    young: HashSet<T>,
    old: HashSet<T>,
}

/// In each half.
const LIMIT: usize = 4096;

impl<T> Default for Recent<T> {
    fn default() -> Self {
        Self(Mutex::new(Halves { young: HashSet::new(), old: HashSet::new() }))
    }
}

impl<T: Copy + Eq + Hash> Recent<T> {
    /// Whether it is shown for the first time, as far as is remembered.
    pub(crate) fn is_new(&self, shown: T) -> bool {
        // Nothing under this lock can panic half-way.
        let mut halves = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_new = !halves.young.contains(&shown) && !halves.old.contains(&shown);
        if halves.young.len() >= LIMIT {
            halves.old = std::mem::take(&mut halves.young);
        }
        halves.young.insert(shown);
        is_new
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_again_is_not_new_and_nothing_grows_without_end() {
        let recent = Recent::default();
        for number in 0..100_000 {
            assert!(recent.is_new(number));
            assert!(!recent.is_new(number) && (number == 0 || !recent.is_new(0)), "{number}");
        }
        let halves = recent.0.lock().unwrap();
        assert!(halves.young.len() <= LIMIT && halves.old.len() <= LIMIT);
    }
}
