//! Values by exact text, bounded in bytes: what was proven once need not be proven again.

use std::hash::{BuildHasher, Hasher};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::generations::Generations;

/// A cache whose keys are whole texts that end in something nobody can choose: a signature, or the tag of a seal.
///
/// Only proven texts are put in, so nobody can fill it with inventions; a look-up compares the whole text. When it is
/// full, what was not asked for since it was last half full goes.
pub(crate) struct TextCache<V> {
    shards: [Mutex<Shard<V>>; SHARDS],
}

type Shard<V> = Generations<Tail, Entry<V>, Tails>;

struct Entry<V> {
    text: Arc<[u8]>,
    value: Arc<V>,
}

const SHARDS: usize = 16;

/// The last characters of a text; they tell texts apart as well as a hash would.
type Tail = [u8; 16];

/// Hashes tails by what they are. Nobody chooses them: whoever has a proven text got it from a signature or a seal.
#[derive(Clone, Copy, Default)]
struct Tails;

/// The middle of a tail, spread over all bits: characters of base64url leave some of theirs alone.
#[derive(Default)]
struct TailHasher(u64);

impl BuildHasher for Tails {
    type Hasher = TailHasher;

    fn build_hasher(&self) -> TailHasher {
        TailHasher::default()
    }
}

impl Hasher for TailHasher {
    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            self.0 = (self.0.rotate_left(5) ^ u64::from_le_bytes(word)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        }
    }

    /// The length, which all tails share.
    fn write_usize(&mut self, _: usize) {}

    fn finish(&self) -> u64 {
        self.0.rotate_left(32)
    }
}

/// What an entry takes beside text and value: table, allocations, counters.
const OVERHEAD: usize = 256;

impl<V> TextCache<V> {
    /// A cache of at most `budget` bytes, texts and values and their upkeep counted.
    pub(crate) fn new(budget: usize) -> Self {
        Self { shards: std::array::from_fn(|_| Mutex::new(Shard::new(budget / SHARDS / 2))) }
    }

    pub(crate) fn get(&self, text: &[u8]) -> Option<Arc<V>> {
        let tail = tail(text)?;
        self.shard(tail).find(&tail, |entry| (*entry.text == *text).then(|| entry.value.clone()))
    }

    /// `value_bytes`: what the value itself takes, roughly.
    pub(crate) fn insert(&self, text: impl Into<Arc<[u8]>>, value: Arc<V>, value_bytes: usize) {
        let text = text.into();
        let Some(tail) = tail(&text) else { return };
        let bytes = text.len() + value_bytes + OVERHEAD;
        self.shard(tail).insert(tail, Entry { text, value }, bytes);
    }

    pub(crate) fn remove(&self, text: &[u8]) {
        let Some(tail) = tail(text) else { return };
        self.shard(tail).remove_if(&tail, |entry| *entry.text == *text);
    }

    fn shard(&self, tail: Tail) -> MutexGuard<'_, Shard<V>> {
        // Nothing under this lock can panic half-way.
        self.shards[usize::from(tail[7]) % SHARDS].lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn tail(text: &[u8]) -> Option<Tail> {
    text.last_chunk().copied()
}

impl<V> std::fmt::Debug for TextCache<V> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("TextCache").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(number: usize) -> Vec<u8> {
        format!("{}{number:08}{number:08}", "a".repeat(100)).into_bytes()
    }

    #[test]
    fn only_the_whole_text_finds_its_value() {
        let cache = TextCache::new(1 << 20);
        cache.insert(text(1), Arc::new(1), 0);
        assert_eq!(cache.get(&text(1)).as_deref(), Some(&1));
        assert_eq!(cache.get(&text(2)), None);
        let same_tail = [&b"b"[..], &text(1)[1..]].concat();
        assert_eq!(cache.get(&same_tail), None);
        assert_eq!(cache.get(b"short"), None);
    }

    #[test]
    fn it_stays_within_its_bytes_whatever_is_put_in() {
        let budget = 1 << 20;
        let cache = TextCache::new(budget);
        for number in 0..50_000 {
            cache.insert(text(number), Arc::new(()), 100);
        }
        let held: usize = cache.shards.iter().map(|shard| shard.lock().unwrap().weight()).sum();
        assert!(held <= budget && held > budget / 4, "{held}");
    }

    #[test]
    fn what_is_asked_for_stays_and_the_rest_goes() {
        let cache = TextCache::new(1 << 20);
        cache.insert(text(0), Arc::new(0), 0);
        for number in 1..50_000 {
            cache.insert(text(number), Arc::new(number), 0);
            assert!(cache.get(&text(0)).is_some(), "{number}");
        }
        assert!(cache.get(&text(1)).is_none());
    }

    #[test]
    fn what_was_removed_is_not_found_again() {
        let cache = TextCache::new(1 << 20);
        for number in 0..5_000 {
            cache.insert(text(number), Arc::new(number), 0);
        }
        for number in 0..5_000 {
            cache.remove(&text(number));
            assert_eq!(cache.get(&text(number)), None, "{number}");
        }
        assert!(cache.shards.iter().all(|shard| shard.lock().unwrap().weight() == 0));
    }

    #[test]
    fn what_is_larger_than_its_share_is_not_kept() {
        let cache = TextCache::new(1 << 16);
        cache.insert(text(1), Arc::new(1), 1 << 16);
        assert_eq!(cache.get(&text(1)), None);
    }
}
