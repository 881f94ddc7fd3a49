//! Which loaded sessions still stand, as far as a server that tells of every change has told.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::session_store::Freshness;
use crate::rules::ticket::TicketHash;

/// The handles of what was loaded, by session.
///
/// A handle is made *before* a session is asked for: a change that the server makes known after its answer, and before
/// that answer is put anywhere, ends the handle all the same. While nobody listens to the server, no handle stands.
#[derive(Debug)]
pub(crate) struct NearCache {
    state: Mutex<State>,
    /// Handles in each half.
    limit: usize,
}

/// One connection that listens, or tries to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Watch(u64);

#[derive(Debug, Default)]
struct State {
    /// The number of the last connection.
    watch: u64,
    listening: Listening,
    young: HashMap<TicketHash, Freshness>,
    old: HashMap<TicketHash, Freshness>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Listening {
    #[default]
    NotYet,
    Now,
    NoMore,
}

impl NearCache {
    pub(crate) fn new(limit: usize) -> Self {
        Self { state: Mutex::default(), limit: limit / 2 }
    }

    /// A handle for what is about to be asked for.
    pub(crate) fn register(&self, session: TicketHash) -> Freshness {
        let mut state = self.state();
        if state.listening != Listening::Now {
            return Freshness::none();
        }
        if let Some(known) = state.young.get(&session).or_else(|| state.old.get(&session)) {
            return known.clone();
        }
        if state.young.len() >= self.limit {
            state.end_old();
            state.old = std::mem::take(&mut state.young);
        }
        state.young.entry(session).or_default().clone()
    }

    /// A session was changed or ended.
    pub(crate) fn invalidate(&self, session: TicketHash) {
        let mut state = self.state();
        for ended in [state.young.remove(&session), state.old.remove(&session)].into_iter().flatten() {
            ended.end();
        }
    }

    /// Any session may have changed.
    pub(crate) fn invalidate_all(&self) {
        self.state().end_all();
    }

    /// A connection is about to listen in the place of the one before.
    pub(crate) fn announce(&self) -> Watch {
        let mut state = self.state();
        state.end_all();
        state.watch += 1;
        state.listening = Listening::NotYet;
        Watch(state.watch)
    }

    /// From now on the connection hears of every change, unless it is lost already.
    pub(crate) fn restored(&self, watch: Watch) {
        let mut state = self.state();
        if state.watch == watch.0 && state.listening == Listening::NotYet {
            state.listening = Listening::Now;
        }
    }

    /// The connection hears of nothing any more. Late news of an earlier one changes nothing.
    pub(crate) fn lost(&self, watch: Watch) {
        let mut state = self.state();
        if state.watch == watch.0 {
            state.listening = Listening::NoMore;
            state.end_all();
        }
    }

    pub(crate) fn is_listening(&self) -> bool {
        self.state().listening == Listening::Now
    }

    /// How many handles there are.
    #[cfg(test)]
    pub(crate) fn handles(&self) -> usize {
        let state = self.state();
        state.young.len() + state.old.len()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing under this lock can panic half-way.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn end_all(&mut self) {
        self.end_old();
        self.old = std::mem::take(&mut self.young);
        self.end_old();
    }

    fn end_old(&mut self) {
        for (_, freshness) in self.old.drain() {
            freshness.end();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn session(number: u8) -> TicketHash {
        TicketHash([number; 32])
    }

    fn listening(limit: usize) -> (NearCache, Watch) {
        let cache = NearCache::new(limit);
        let watch = cache.announce();
        cache.restored(watch);
        (cache, watch)
    }

    #[test]
    fn a_change_between_the_answer_and_its_use_is_not_missed() {
        let (cache, _) = listening(100);
        // The handle, then the question, then the server's answer; then somebody else changes the session.
        let handle = cache.register(session(1));
        cache.invalidate(session(1));
        // What the answer said is used only now.
        assert!(!handle.is_current());
        assert!(cache.register(session(1)).is_current(), "asked again, it is new");
    }

    #[test]
    fn a_change_ends_every_handle_of_its_session_and_no_other() {
        let (cache, _) = listening(100);
        let (first, second, other) =
            (cache.register(session(1)), cache.register(session(1)), cache.register(session(2)));
        cache.invalidate(session(1));
        assert_eq!([first, second, other].map(|handle| handle.is_current()), [false, false, true]);
    }

    #[test]
    fn a_flush_ends_everything_and_what_is_loaded_later_stands() {
        let (cache, _) = listening(100);
        let handle = cache.register(session(1));
        cache.invalidate_all();
        assert!(!handle.is_current() && cache.register(session(1)).is_current());
    }

    #[test]
    fn nothing_stands_while_nobody_listens() {
        let cache = NearCache::new(100);
        assert!(!cache.register(session(1)).is_current(), "before the first connection");
        let watch = cache.announce();
        assert!(!cache.register(session(1)).is_current(), "before it listens");
        cache.restored(watch);
        let handle = cache.register(session(1));
        assert!(handle.is_current() && cache.is_listening());
        cache.lost(watch);
        assert!(!handle.is_current() && !cache.is_listening());
        assert!(!cache.register(session(1)).is_current(), "after it was lost");
        let next = cache.announce();
        cache.restored(next);
        assert!(cache.register(session(1)).is_current(), "after it was restored");
        assert!(!handle.is_current(), "what ended stays so");
    }

    #[test]
    fn a_connection_that_was_lost_before_it_said_so_does_not_count() {
        let cache = NearCache::new(100);
        let watch = cache.announce();
        cache.lost(watch);
        cache.restored(watch);
        assert!(!cache.register(session(1)).is_current());
    }

    #[test]
    fn late_news_of_an_earlier_connection_changes_nothing() {
        let (cache, earlier) = listening(100);
        let watch = cache.announce();
        cache.restored(earlier);
        assert!(!cache.is_listening());
        cache.restored(watch);
        cache.lost(earlier);
        assert!(cache.register(session(1)).is_current());
    }

    #[test]
    fn there_are_never_more_handles_than_allowed_and_the_oldest_end_first() {
        let (cache, _) = listening(8);
        let handles: Vec<_> = (0..9).map(|number| cache.register(session(number))).collect();
        assert!(handles[..4].iter().all(|handle| !handle.is_current()));
        assert!(handles[4..].iter().all(Freshness::is_current));
        let state = cache.state();
        assert!(state.young.len() + state.old.len() <= 8);
    }
}
