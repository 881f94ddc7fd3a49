//! Which loaded sessions are still valid, as far as a server that tells of every change has told.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::io::sessions::store::Freshness;
use crate::rules::session::ticket::{MarkName, TicketHash};

/// The handles of what was loaded, by session and by the marks that it needs.
///
/// A handle is made *before* a session is asked for: a change that the server makes known after its answer, and before
/// that answer is put anywhere, ends the handle all the same. While nobody listens to the server, no handle is valid.
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
    young: Half,
    old: Half,
}

/// Every mark lists exactly the sessions that need it and have a handle here.
#[derive(Debug, Default)]
struct Half {
    handles: HashMap<TicketHash, Handle, AlreadyHashed>,
    by_mark: HashMap<MarkName, Vec<TicketHash>, AlreadyHashed>,
}

/// Keys that are hashes need no other one. Whoever invents tickets cannot fill a bucket with them either: what finds
/// nothing is forgotten at once.
type AlreadyHashed = BuildHasherDefault<FirstBytes>;

#[derive(Debug, Default)]
struct FirstBytes(u64);

impl Hasher for FirstBytes {
    fn write(&mut self, bytes: &[u8]) {
        self.0 = bytes.first_chunk().map_or(0, |bytes| u64::from_le_bytes(*bytes));
    }

    /// The length, which is always the same, comes first.
    fn write_usize(&mut self, _: usize) {}

    fn finish(&self) -> u64 {
        self.0
    }
}

#[derive(Debug)]
struct Handle {
    freshness: Freshness,
    marks: [MarkName; 2],
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

    /// A handle for what is about to be asked for. It ends with the session, and with each of the marks.
    pub(crate) fn register(&self, session: TicketHash, marks: [MarkName; 2]) -> Freshness {
        let mut state = self.state();
        if state.listening != Listening::Now {
            return Freshness::none();
        }
        if let Some(known) = state.young.handles.get(&session).or_else(|| state.old.handles.get(&session)) {
            return known.freshness.clone();
        }
        if state.young.handles.len() >= self.limit {
            state.old.end_all();
            state.old = std::mem::take(&mut state.young);
        }
        state.young.add(session, marks)
    }

    /// A session was changed or ended.
    pub(crate) fn invalidate(&self, session: TicketHash) {
        let State { young, old, .. } = &mut *self.state();
        young.end(session);
        old.end(session);
    }

    /// What needs this mark is over, and nothing else.
    pub(crate) fn invalidate_mark(&self, mark: MarkName) {
        let State { young, old, .. } = &mut *self.state();
        young.end_with(mark);
        old.end_with(mark);
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
        state.young.handles.len() + state.old.handles.len()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing under this lock can panic half-way.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn end_all(&mut self) {
        self.young.end_all();
        self.old.end_all();
    }
}

impl Half {
    fn add(&mut self, session: TicketHash, marks: [MarkName; 2]) -> Freshness {
        let freshness = Freshness::default();
        for mark in each_once(marks) {
            self.by_mark.entry(mark).or_default().push(session);
        }
        self.handles.insert(session, Handle { freshness: freshness.clone(), marks });
        freshness
    }

    fn end(&mut self, session: TicketHash) {
        let Some(handle) = self.handles.remove(&session) else { return };
        handle.freshness.end();
        for mark in each_once(handle.marks) {
            let Some(sessions) = self.by_mark.get_mut(&mark) else { continue };
            sessions.retain(|listed| *listed != session);
            if sessions.is_empty() {
                self.by_mark.remove(&mark);
            }
        }
    }

    fn end_with(&mut self, mark: MarkName) {
        for session in self.by_mark.remove(&mark).unwrap_or_default() {
            self.end(session);
        }
    }

    fn end_all(&mut self) {
        self.by_mark.clear();
        for (_, handle) in self.handles.drain() {
            handle.freshness.end();
        }
    }
}

/// Where a provider does not name its sessions, both marks are the person's.
pub(crate) fn each_once([first, second]: [MarkName; 2]) -> impl Iterator<Item = MarkName> {
    [first].into_iter().chain((first != second).then_some(second))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn session(number: u8) -> TicketHash {
        TicketHash([number; 32])
    }

    fn marks(number: u8) -> [MarkName; 2] {
        [MarkName([number; 8]), MarkName([number + 100; 8])]
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
        let handle = cache.register(session(1), marks(1));
        cache.invalidate(session(1));
        // What the answer said is used only now.
        assert!(!handle.is_current());
        assert!(cache.register(session(1), marks(1)).is_current(), "asked again, it is new");
    }

    #[test]
    fn a_change_ends_every_handle_of_its_session_and_no_other() {
        let (cache, _) = listening(100);
        let (first, second, other) = (
            cache.register(session(1), marks(1)),
            cache.register(session(1), marks(1)),
            cache.register(session(2), marks(2)),
        );
        cache.invalidate(session(1));
        assert_eq!([first, second, other].map(|handle| handle.is_current()), [false, false, true]);
    }

    #[test]
    fn a_flush_ends_everything_and_what_is_loaded_later_stands() {
        let (cache, _) = listening(100);
        let handle = cache.register(session(1), marks(1));
        cache.invalidate_all();
        assert!(!handle.is_current() && cache.register(session(1), marks(1)).is_current());
    }

    #[test]
    fn nothing_stands_while_nobody_listens() {
        let cache = NearCache::new(100);
        assert!(!cache.register(session(1), marks(1)).is_current(), "before the first connection");
        let watch = cache.announce();
        assert!(!cache.register(session(1), marks(1)).is_current(), "before it listens");
        cache.restored(watch);
        let handle = cache.register(session(1), marks(1));
        assert!(handle.is_current() && cache.is_listening());
        cache.lost(watch);
        assert!(!handle.is_current() && !cache.is_listening());
        assert!(!cache.register(session(1), marks(1)).is_current(), "after it was lost");
        let next = cache.announce();
        cache.restored(next);
        assert!(cache.register(session(1), marks(1)).is_current(), "after it was restored");
        assert!(!handle.is_current(), "what ended stays so");
    }

    #[test]
    fn a_connection_that_was_lost_before_it_said_so_does_not_count() {
        let cache = NearCache::new(100);
        let watch = cache.announce();
        cache.lost(watch);
        cache.restored(watch);
        assert!(!cache.register(session(1), marks(1)).is_current());
    }

    #[test]
    fn late_news_of_an_earlier_connection_changes_nothing() {
        let (cache, earlier) = listening(100);
        let watch = cache.announce();
        cache.restored(earlier);
        assert!(!cache.is_listening());
        cache.restored(watch);
        cache.lost(earlier);
        assert!(cache.register(session(1), marks(1)).is_current());
    }

    #[test]
    fn there_are_never_more_handles_than_allowed_and_the_oldest_end_first() {
        let (cache, _) = listening(8);
        let handles: Vec<_> = (0..9).map(|number| cache.register(session(number), marks(number))).collect();
        assert!(handles[..4].iter().all(|handle| !handle.is_current()));
        assert!(handles[4..].iter().all(Freshness::is_current));
        assert!(cache.handles() <= 8);
        let state = cache.state();
        assert!(state.young.by_mark.len() + state.old.by_mark.len() <= 16);
    }

    #[test]
    fn a_mark_ends_every_handle_that_needs_it_and_no_other() {
        let (cache, _) = listening(100);
        let person = MarkName([7; 8]);
        let here = cache.register(session(1), [person, MarkName([1; 8])]);
        let elsewhere = cache.register(session(2), [person, MarkName([2; 8])]);
        let without_provider = cache.register(session(3), [person, person]);
        let other = cache.register(session(4), marks(4));
        let validity = || [&here, &elsewhere, &without_provider, &other].map(Freshness::is_current);
        cache.invalidate_mark(MarkName([1; 8]));
        assert_eq!(validity(), [false, true, true, true], "one session at the provider");
        cache.invalidate_mark(MarkName([9; 8]));
        assert_eq!(validity(), [false, true, true, true], "a mark that nobody needs");
        cache.invalidate_mark(person);
        assert_eq!(validity(), [false, false, false, true], "the person");
        assert!(cache.register(session(1), [person, MarkName([1; 8])]).is_current(), "asked again, it is new");
    }

    #[test]
    fn a_mark_that_goes_between_the_answer_and_its_use_is_not_missed() {
        let (cache, _) = listening(100);
        let handle = cache.register(session(1), marks(1));
        cache.invalidate_mark(marks(1)[1]);
        assert!(!handle.is_current());
    }

    #[test]
    fn a_mark_ends_handles_of_both_halves() {
        let (cache, _) = listening(4);
        let handles: Vec<_> = (0..3).map(|number| cache.register(session(number), [MarkName([7; 8]); 2])).collect();
        cache.invalidate_mark(MarkName([7; 8]));
        assert!(handles.iter().all(|handle| !handle.is_current()));
        assert_eq!(cache.handles(), 0);
    }

    #[test]
    fn nothing_is_listed_of_what_ended() {
        let (cache, _) = listening(100);
        for number in 0..10 {
            cache.register(session(number), [MarkName([7; 8]), MarkName([number; 8])]);
            cache.register(session(number + 50), [MarkName([7; 8]); 2]);
        }
        (0..60).for_each(|number| cache.invalidate(session(number)));
        let state = cache.state();
        assert!(state.young.handles.is_empty() && state.young.by_mark.is_empty());
    }
}
