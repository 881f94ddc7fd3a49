//! A map within bounds: when it is full, what was not asked for since it was last half full is forgotten.

use std::collections::HashMap;
use std::hash::{BuildHasher, Hash, RandomState};

/// Two maps of the same size: what is new goes into the young one, and when that is full it becomes the old one. What is
/// found in the old one is young again.
#[derive(Debug)]
pub(crate) struct Generations<K, V, S = RandomState> {
    young: HashMap<K, Weighed<V>, S>,
    old: HashMap<K, Weighed<V>, S>,
    young_weight: usize,
    half: usize,
}

#[derive(Debug)]
struct Weighed<V> {
    value: V,
    weight: usize,
}

impl<K: Copy + Eq + Hash, V, S: BuildHasher + Default> Generations<K, V, S> {
    /// `half`: what the values of one half may weigh together.
    pub(crate) fn new(half: usize) -> Self {
        Self { young: HashMap::default(), old: HashMap::default(), young_weight: 0, half }
    }

    /// What `read` makes of the value of a key; where it makes nothing of it, nothing was asked for.
    #[inline]
    pub(crate) fn find<R>(&mut self, key: &K, read: impl Fn(&V) -> Option<R>) -> Option<R> {
        if let Some(young) = self.young.get(key) {
            return read(&young.value);
        }
        let found = read(&self.old.get(key)?.value)?;
        let Weighed { value, weight } = self.old.remove(key)?;
        self.insert(*key, value, weight);
        Some(found)
    }

    /// What weighs more than a half is not kept.
    pub(crate) fn insert(&mut self, key: K, value: V, weight: usize) {
        if weight > self.half {
            return;
        }
        if self.young_weight + weight > self.half {
            self.old = std::mem::take(&mut self.young);
            self.young_weight = 0;
        }
        self.young_weight += weight;
        if let Some(replaced) = self.young.insert(key, Weighed { value, weight }) {
            self.young_weight -= replaced.weight;
        }
    }

    /// Forgets the value of a key, if it is the one that is meant.
    pub(crate) fn remove_if(&mut self, key: &K, is_meant: impl Fn(&V) -> bool) {
        if self.young.get(key).is_some_and(|young| is_meant(&young.value))
            && let Some(young) = self.young.remove(key)
        {
            self.young_weight -= young.weight;
        }
        if self.old.get(key).is_some_and(|old| is_meant(&old.value)) {
            self.old.remove(key);
        }
    }

    /// Forgets all values that are not to be kept.
    pub(crate) fn retain(&mut self, is_kept: impl Fn(&K, &V) -> bool) {
        let Self { young, old, young_weight, .. } = self;
        young.retain(|key, young| {
            let is_kept = is_kept(key, &young.value);
            *young_weight -= if is_kept { 0 } else { young.weight };
            is_kept
        });
        old.retain(|key, old| is_kept(key, &old.value));
    }

    pub(crate) fn contains(&self, key: &K) -> bool {
        self.young.contains_key(key) || self.old.contains_key(key)
    }

    #[cfg(test)]
    pub(crate) fn weight(&self) -> usize {
        self.young.values().chain(self.old.values()).map(|kept| kept.weight).sum()
    }
}

impl<K: Copy + Eq + Hash> Generations<K, ()> {
    /// Remembers a key. Whether it came for the first time, as far as is remembered.
    pub(crate) fn note(&mut self, key: K) -> bool {
        let is_new = !self.contains(&key);
        self.insert(key, (), 1);
        is_new
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_for_stays_and_nothing_grows_without_end() {
        let mut kept = Generations::<usize, usize>::new(100);
        for number in 0..10_000 {
            kept.insert(number, number, 7);
            assert_eq!(kept.find(&0, |value| Some(*value)), Some(0), "{number}");
            assert!(kept.weight() <= 200, "{number}");
        }
        assert!(!kept.contains(&1));
    }

    #[test]
    fn what_is_noted_again_is_not_new() {
        let mut kept = Generations::new(64);
        for number in 0..10_000 {
            assert!(kept.note(number) && !kept.note(number), "{number}");
            assert!(number == 0 || !kept.note(0), "{number}");
        }
        assert!(kept.weight() <= 128);
    }

    #[test]
    fn what_is_heavier_than_a_half_is_not_kept_and_what_was_removed_weighs_nothing() {
        let mut kept = Generations::<u8, u8>::new(10);
        kept.insert(1, 1, 11);
        assert!(!kept.contains(&1));
        kept.insert(2, 2, 10);
        kept.remove_if(&2, |value| *value == 3);
        assert!(kept.contains(&2), "another value is meant");
        kept.remove_if(&2, |value| *value == 2);
        assert_eq!((kept.weight(), kept.young_weight), (0, 0));
    }

    #[test]
    fn a_value_that_is_not_the_one_asked_for_does_not_become_young() {
        let mut kept = Generations::<u8, u8>::new(1);
        kept.insert(1, 1, 1);
        kept.insert(2, 2, 1);
        assert_eq!(kept.find(&1, |_| None::<u8>), None);
        kept.insert(3, 3, 1);
        assert!(!kept.contains(&1));
    }
}
