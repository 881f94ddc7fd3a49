//! What every store promises, asked of every store.

use std::future::Future;
use std::sync::Arc;
use std::task::{Context, Waker};
use std::time::Duration;

use super::beside_tests::*;
use super::cookie::CookieStore;
use super::ended_list::EndedLists;
use super::memory::{MemoryLimits, MemoryStore};
use super::round_trip;
use super::store::{Lease, LeaseKey, SessionStore, StoreOutcome, StoredSession};
use crate::io::clock;
use crate::model::callers::identity::UserId;
use crate::model::moment::Moment;
use crate::model::sessions::session::{Beginning, ProviderSession, SessionId, SessionLifetimes, SessionRecord};
use crate::model::unix_time::UnixTime;
use crate::rules::inspection::session_store::RoundTrip;
use crate::rules::session::seal::{Purpose, SealingKeys};
use crate::rules::session::session_record::COOKIE_BUDGET_LIMIT;
use crate::rules::session::session_record::tests::record;

pub(crate) const NAME: &str = "azure-session";
pub(crate) const NOW: UnixTime = UnixTime(1_800_000_000);
const MINUTE: Duration = Duration::from_secs(60);
pub(crate) const HOUR: Duration = Duration::from_secs(3600);

/// A store under test.
pub(crate) struct Subject {
    pub(crate) store: Box<dyn SessionStore>,
    /// A ticket is the session itself: whoever kept an older one still has what it says.
    is_sealed_cookie: bool,
    /// It has a clock of its own, which nobody here can put forward.
    is_a_server: bool,
    /// What must live as long as the store does.
    _server: Box<dyn Send>,
}

macro_rules! asked_of_every_store {
    ($($promise:ident)+) => {
        asked_of! { cookie, Subject::cookie(), $($promise)+ }
        asked_of! { memory, Some(Subject::memory()), $($promise)+ }
        #[cfg(feature = "redis")]
        asked_of! { redis, Subject::redis(), $($promise)+ }
    };
}

macro_rules! asked_of {
    ($store:ident, $subject:expr, $($promise:ident)+) => {
        mod $store {
            use super::Subject;

            $(#[tokio::test]
            async fn $promise() {
                if let Some(subject) = $subject {
                    super::$promise(&subject).await;
                }
            })+
        }
    };
}

asked_of_every_store! {
    a_session_is_found_by_its_ticket
    a_ticket_of_another_name_finds_nothing
    a_ticket_that_was_cut_or_changed_finds_nothing
    a_new_session_overwrites_nothing
    a_session_that_was_touched_was_seen_then
    a_touch_never_brings_back_what_ended
    a_session_is_replaced
    a_replacement_never_brings_back_what_ended
    a_session_is_replaced_only_as_it_was_seen
    of_many_replacements_of_the_same_one_happens
    a_session_that_is_deleted_ends_and_no_other
    a_session_may_be_deleted_twice
    all_sessions_of_a_person_end_and_those_begun_later_live
    what_was_begun_before_an_end_is_over_and_what_was_begun_after_lives_whatever_clocks_say
    a_session_that_is_being_created_while_all_others_end_does_not_survive
    an_end_of_others_does_not_touch_a_session_that_is_being_created
    a_session_ends_under_every_ticket_that_it_had
    the_sessions_of_one_at_the_provider_end_and_those_begun_later_live
    the_first_to_ask_has_the_lease_and_again_after_its_time
    a_lease_that_is_given_back_is_the_next_ones
    a_lease_that_was_taken_over_is_not_given_back_by_the_one_before
    whoever_waits_learns_that_a_session_was_deleted
    what_was_loaded_no_longer_stands_after_any_end
    what_was_loaded_no_longer_stands_after_a_replacement
    a_store_that_works_is_ready
    a_made_up_session_is_kept_found_and_ended
    what_is_kept_beside_a_session_is_found_again
    another_slot_session_or_person_finds_nothing_of_it
    a_ticket_that_was_cut_keeps_nothing_beside_it
    of_two_who_write_a_slot_the_second_is_told_and_changes_nothing
    of_many_who_write_a_slot_at_once_one_does
    what_is_kept_beside_a_session_ends_with_it_and_never_comes_after
    what_is_kept_beside_a_session_survives_what_changes_it
    another_session_under_the_same_ticket_finds_nothing_and_may_begin_anew
    what_is_too_long_is_not_kept_beside_a_session
}

async fn a_made_up_session_is_kept_found_and_ended(subject: &Subject) {
    for _ in 0..2 {
        let round_trip = round_trip::make(subject.store.as_ref(), SessionLifetimes::default()).await;
        assert!(matches!(round_trip, RoundTrip::Complete { .. }), "{round_trip:?}");
    }
}

impl Subject {
    fn cookie() -> Option<Self> {
        let keys = SealingKeys::derive(&[vec![1; 32]], Purpose::Session)?;
        let store = CookieStore::new(keys, COOKIE_BUDGET_LIMIT, EndedLists::of_process(7, 24 * HOUR));
        Some(Self { store: Box::new(store), is_sealed_cookie: true, is_a_server: false, _server: Box::new(()) })
    }

    fn memory() -> Self {
        let store = MemoryStore::new(MemoryLimits::default());
        Self { store: Box::new(store), is_sealed_cookie: false, is_a_server: false, _server: Box::new(()) }
    }

    #[cfg(feature = "redis")]
    fn redis() -> Option<Self> {
        let server = crate::io::sessions::redis::redis_server::RedisServer::start()?;
        let keys = super::redis::store::RedisKeys::derive(&[vec![1; 32]])?;
        let store = super::redis::store::RedisStore::new(&server.address(), None, "application", keys).unwrap();
        Some(Self { store: Box::new(store), is_sealed_cookie: false, is_a_server: true, _server: Box::new(server) })
    }

    async fn begin(&self, number: u64) -> Beginning {
        self.store.begin(&user(number), numbered(number).provider_session).await.unwrap()
    }

    async fn finish(&self, beginning: Beginning, number: u64) -> String {
        self.store.create(NAME, SessionRecord { beginning, ..numbered(number) }).await.unwrap()
    }

    async fn add(&self, record: SessionRecord) -> String {
        let beginning = self.store.begin(&record.identity.id, record.provider_session).await.unwrap();
        self.store.create(NAME, SessionRecord { beginning, ..record }).await.unwrap()
    }

    pub(crate) async fn create(&self, number: u64) -> String {
        self.add(numbered(number)).await
    }

    pub(crate) async fn end(&self, all: All, number: u64) {
        match all {
            All::OfUser => self.store.delete_of_user(&user(number)).await.unwrap(),
            All::OfProviderSession => {
                self.store.delete_of_provider_session(ProviderSession([number, 0])).await.unwrap();
            }
        }
    }

    pub(crate) async fn load(&self, ticket: &str) -> Option<StoredSession> {
        self.store.load(NAME, ticket).await.unwrap().ok()
    }

    async fn first(&self, name: &str, now: Moment, duration: Duration) -> LeaseKey {
        match self.store.lease(name, now, duration).await {
            Ok(Lease::First(key)) => key,
            other => panic!("{name}: {other:?}"),
        }
    }

    /// Loaded so that it serves further requests: a store may need a moment until it hears of every end.
    async fn load_to_keep(&self, ticket: &str) -> StoredSession {
        loop {
            let stored = self.load(ticket).await.unwrap();
            if self.store.is_current(&stored) {
                return stored;
            }
            tokio::task::yield_now().await;
        }
    }

    pub(crate) async fn delete(&self, ticket: &str, seen: &StoredSession) {
        self.store.delete(NAME, ticket, seen, NOW).await.unwrap();
    }
}

/// A session of the person and the provider's session of that number.
pub(crate) fn numbered(number: u64) -> SessionRecord {
    let mut record = record(NOW.0);
    record.id = SessionId([number, 0]);
    record.provider_session = Some(ProviderSession([number, 0]));
    Arc::make_mut(&mut record.identity).id = user(number);
    record
}

fn user(number: u64) -> UserId {
    UserId::OpenId { issuer: "https://accounts.example".to_owned(), subject: number.to_string() }
}

/// The ticket under which the browser finds the session from now on.
fn ticket_after(kept: StoreOutcome, before: &str) -> String {
    match kept {
        StoreOutcome::InPlace => before.to_owned(),
        StoreOutcome::Reissued(ticket) => ticket,
        StoreOutcome::Changed | StoreOutcome::Gone => panic!("not kept: {kept:?}"),
    }
}

async fn a_session_is_found_by_its_ticket(subject: &Subject) {
    let ticket = subject.create(1).await;
    assert_eq!(held(subject.load(&ticket).await), numbered(1));
}

async fn a_ticket_of_another_name_finds_nothing(subject: &Subject) {
    let ticket = subject.create(1).await;
    assert!(subject.store.load("another", &ticket).await.unwrap().is_err());
    assert!(subject.store.load("", &ticket).await.unwrap().is_err());
    let seen = subject.load(&ticket).await.unwrap();
    if !subject.is_sealed_cookie {
        // A sealed cookie is made anew, for whatever name it is asked.
        assert_eq!(subject.store.touch("another", &ticket, &seen, NOW).await, Ok(StoreOutcome::Gone));
        assert_eq!(subject.store.replace("another", &ticket, &seen, numbered(2)).await, Ok(StoreOutcome::Gone));
        subject.store.delete("another", &ticket, &seen, NOW).await.unwrap();
        assert!(subject.load(&ticket).await.is_some());
    }
}

async fn a_ticket_that_was_cut_or_changed_finds_nothing(subject: &Subject) {
    let ticket = subject.create(1).await;
    for position in 0..ticket.len() {
        let mut changed = ticket.clone().into_bytes();
        changed[position] = if changed[position] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(changed).unwrap();
        assert!(subject.load(&changed).await.is_none(), "byte {position}");
        assert!(subject.load(&ticket[..position]).await.is_none(), "cut at {position}");
    }
    for other in [format!("{ticket}="), format!("{ticket}A"), format!(" {ticket}"), ticket.replace('A', "é")] {
        assert!(other == ticket || subject.load(&other).await.is_none(), "{other}");
    }
}

async fn a_new_session_overwrites_nothing(subject: &Subject) {
    let (first, second, same) = (subject.create(1).await, subject.create(2).await, subject.create(1).await);
    assert!(first != second && first != same);
    assert_eq!(held(subject.load(&first).await), numbered(1));
    assert_eq!(held(subject.load(&second).await), numbered(2));
    assert_eq!(held(subject.load(&same).await), numbered(1));
}

async fn a_session_that_was_touched_was_seen_then(subject: &Subject) {
    let ticket = subject.create(1).await;
    let seen = subject.load(&ticket).await.unwrap();
    let later = NOW + HOUR;
    let kept = subject.store.touch(NAME, &ticket, &seen, later).await.unwrap();
    let ticket = ticket_after(kept, &ticket);
    assert_eq!(held(subject.load(&ticket).await), SessionRecord { last_seen: later, ..numbered(1) });
    if !subject.is_sealed_cookie {
        // A slow request that was sent before comes in after.
        assert_eq!(subject.store.touch(NAME, &ticket, &seen, NOW + MINUTE).await, Ok(StoreOutcome::InPlace));
        assert_eq!(subject.load(&ticket).await.unwrap().record.last_seen, later);
        let replaced = subject.store.replace(NAME, &ticket, &seen, numbered(1)).await;
        assert_eq!(replaced, Ok(StoreOutcome::InPlace), "that it was seen changes nothing about what it holds");
        assert_eq!(subject.load(&ticket).await.unwrap().record.last_seen, later);
    }
}

async fn a_touch_never_brings_back_what_ended(subject: &Subject) {
    let ticket = subject.create(1).await;
    let seen = subject.load(&ticket).await.unwrap();
    // A slow request has the session; another one signs out; the slow one ends.
    subject.delete(&ticket, &seen).await;
    assert_eq!(subject.store.touch(NAME, &ticket, &seen, NOW + HOUR).await, Ok(StoreOutcome::Gone));
    assert!(subject.load(&ticket).await.is_none());
}

async fn a_session_is_replaced(subject: &Subject) {
    let ticket = subject.create(1).await;
    let seen = subject.load(&ticket).await.unwrap();
    let kept = subject.store.replace(NAME, &ticket, &seen, renamed("Megan Bowen")).await.unwrap();
    assert_eq!(held(subject.load(&ticket_after(kept, &ticket)).await), renamed("Megan Bowen"));
}

async fn a_replacement_never_brings_back_what_ended(subject: &Subject) {
    let ticket = subject.create(1).await;
    let seen = subject.load(&ticket).await.unwrap();
    subject.delete(&ticket, &seen).await;
    assert_eq!(subject.store.replace(NAME, &ticket, &seen, renamed("Megan Bowen")).await, Ok(StoreOutcome::Gone));
    assert!(subject.load(&ticket).await.is_none());
}

async fn a_session_is_replaced_only_as_it_was_seen(subject: &Subject) {
    let ticket = subject.create(1).await;
    let seen = subject.load(&ticket).await.unwrap();
    let first = subject.store.replace(NAME, &ticket, &seen, renamed("first")).await.unwrap();
    if subject.is_sealed_cookie {
        return;
    }
    assert_eq!(first, StoreOutcome::InPlace);
    assert_eq!(subject.store.replace(NAME, &ticket, &seen, renamed("second")).await, Ok(StoreOutcome::Changed));
    let again = subject.load(&ticket).await.unwrap();
    assert_eq!(held(Some(again.clone())), renamed("first"));
    assert_eq!(subject.store.replace(NAME, &ticket, &again, renamed("second")).await, Ok(StoreOutcome::InPlace));
    assert_eq!(held(subject.load(&ticket).await), renamed("second"));
}

async fn of_many_replacements_of_the_same_one_happens(subject: &Subject) {
    let ticket = subject.create(1).await;
    let seen = subject.load(&ticket).await.unwrap();
    let replace = |number: u64| subject.store.replace(NAME, &ticket, &seen, renamed(&number.to_string()));
    let mut replacements: Vec<_> = (0..8).map(replace).collect();
    // All are under way before one is waited for.
    let (mut outcomes, mut under_way) = (Vec::new(), Vec::new());
    for replacement in &mut replacements {
        match poll_once(replacement.as_mut()) {
            Some(outcome) => outcomes.push(outcome.unwrap()),
            None => under_way.push(replacement),
        }
    }
    for replacement in under_way {
        outcomes.push(replacement.await.unwrap());
    }
    if !subject.is_sealed_cookie {
        assert_eq!(outcomes.iter().filter(|kept| **kept == StoreOutcome::InPlace).count(), 1, "{outcomes:?}");
        assert_eq!(outcomes.iter().filter(|kept| **kept == StoreOutcome::Changed).count(), 7, "{outcomes:?}");
    }
}

async fn a_session_that_is_deleted_ends_and_no_other(subject: &Subject) {
    let (ticket, other) = (subject.create(1).await, subject.create(2).await);
    let (seen, other_seen) = (subject.load_to_keep(&ticket).await, subject.load_to_keep(&other).await);
    subject.delete(&ticket, &seen).await;
    assert!(subject.load(&ticket).await.is_none());
    subject.store.over(&seen).await;
    assert!(subject.load(&other).await.is_some() && subject.store.is_current(&other_seen));
}

async fn a_session_may_be_deleted_twice(subject: &Subject) {
    let ticket = subject.create(1).await;
    let seen = subject.load(&ticket).await.unwrap();
    subject.delete(&ticket, &seen).await;
    subject.delete(&ticket, &seen).await;
    assert!(subject.load(&ticket).await.is_none());
}

/// What ends everything of the person, or of the provider's session, of that number.
#[derive(Clone, Copy, Debug)]
pub(crate) enum All {
    OfUser,
    OfProviderSession,
}

pub(crate) const BOTH: [All; 2] = [All::OfUser, All::OfProviderSession];

async fn all_sessions_of_a_person_end_and_those_begun_later_live(subject: &Subject) {
    let (first, second, other) = (subject.create(1).await, subject.create(1).await, subject.create(2).await);
    subject.end(All::OfUser, 1).await;
    let later = subject.create(1).await;
    for (ticket, lives) in [(first, false), (second, false), (other, true), (later, true)] {
        assert_eq!(subject.load(&ticket).await.is_some(), lives);
    }
}

async fn the_sessions_of_one_at_the_provider_end_and_those_begun_later_live(subject: &Subject) {
    let (first, second, other) = (subject.create(1).await, subject.create(1).await, subject.create(2).await);
    let without = subject.add(SessionRecord { provider_session: None, ..numbered(1) }).await;
    subject.end(All::OfProviderSession, 1).await;
    assert_eq!(subject.store.delete_of_provider_session(ProviderSession([9, 9])).await, Ok(false), "an invented one");
    let later = subject.create(1).await;
    for (ticket, lives) in [(first, false), (second, false), (other, true), (without, true), (later, true)] {
        assert_eq!(subject.load(&ticket).await.is_some(), lives);
    }
}

async fn what_was_begun_before_an_end_is_over_and_what_was_begun_after_lives_whatever_clocks_say(subject: &Subject) {
    let now = clock::now().0;
    for all in BOTH {
        for begun in (now - 300..=now + 300).step_by(50) {
            let said = i128::from(begun) - i128::from(now);
            let record = || SessionRecord {
                signed_in_at: UnixTime(begun),
                last_seen: UnixTime(begun),
                ends_at: UnixTime(begun) + 24 * HOUR,
                ..numbered(1)
            };
            let before = subject.add(record()).await;
            assert!(subject.load(&before).await.is_some(), "{all:?}, {said} s");
            subject.end(all, 1).await;
            assert!(subject.load(&before).await.is_none(), "{all:?}: begun before, by its clock {said} s");
            let after = subject.add(record()).await;
            assert!(subject.load(&after).await.is_some(), "{all:?}: begun after, by its clock {said} s");
            assert!(subject.load(&before).await.is_none(), "{all:?}: what ended stays so, {said} s");
        }
    }
}

async fn a_session_that_is_being_created_while_all_others_end_does_not_survive(subject: &Subject) {
    for all in BOTH {
        let begun = subject.begin(1).await;
        subject.end(all, 1).await;
        let ticket = subject.finish(begun, 1).await;
        assert!(subject.load(&ticket).await.is_none(), "{all:?}: begin, end, create");

        let begun = subject.begin(1).await;
        let ticket = subject.finish(begun, 1).await;
        subject.end(all, 1).await;
        assert!(subject.load(&ticket).await.is_none(), "{all:?}: begin, create, end");

        let first = subject.begin(1).await;
        subject.end(all, 1).await;
        let second = subject.begin(1).await;
        let (later, earlier) = (subject.finish(second, 1).await, subject.finish(first, 1).await);
        assert!(subject.load(&later).await.is_some(), "{all:?}: begun after the end");
        assert!(subject.load(&earlier).await.is_none(), "{all:?}: begun before it, created after another one");
    }
}

async fn an_end_of_others_does_not_touch_a_session_that_is_being_created(subject: &Subject) {
    let begun = subject.begin(1).await;
    for all in BOTH {
        subject.create(2).await;
        subject.end(all, 2).await;
        subject.end(all, 9).await;
    }
    let ticket = subject.finish(begun, 1).await;
    assert!(subject.load(&ticket).await.is_some());
}

async fn a_session_ends_under_every_ticket_that_it_had(subject: &Subject) {
    for all in BOTH {
        let first = subject.create(1).await;
        let seen = subject.load(&first).await.unwrap();
        let second = ticket_after(subject.store.touch(NAME, &first, &seen, NOW + HOUR).await.unwrap(), &first);
        let seen = subject.load(&second).await.unwrap();
        // Whoever replaces a record cannot say that it began at another time.
        let record = SessionRecord { beginning: Beginning::default(), ..renamed("Megan Bowen") };
        let third = ticket_after(subject.store.replace(NAME, &second, &seen, record).await.unwrap(), &second);
        let seen = subject.load(&third).await.unwrap();
        subject.end(all, 1).await;
        for ticket in [&first, &second, &third] {
            assert!(subject.load(ticket).await.is_none(), "{all:?}");
            assert_eq!(subject.store.touch(NAME, ticket, &seen, NOW + HOUR).await, Ok(StoreOutcome::Gone), "{all:?}");
            let replaced = subject.store.replace(NAME, ticket, &seen, renamed("Alex Wilber")).await;
            assert_eq!(replaced, Ok(StoreOutcome::Gone), "{all:?}");
            assert!(subject.load(ticket).await.is_none(), "{all:?}");
        }
    }
}

async fn the_first_to_ask_has_the_lease_and_again_after_its_time(subject: &Subject) {
    let store = &subject.store;
    let now = Moment::after(HOUR);
    subject.first("a", now, HOUR).await;
    assert_eq!(store.lease("a", now, HOUR).await, Ok(Lease::Taken));
    subject.first("b", now, Duration::from_millis(1)).await;
    if subject.is_a_server {
        while store.lease("b", now, HOUR).await.unwrap() == Lease::Taken {}
        return;
    }
    assert_eq!(store.lease("a", now + 59 * MINUTE, HOUR).await, Ok(Lease::Taken));
    subject.first("a", now + HOUR, HOUR).await;
}

async fn a_lease_that_is_given_back_is_the_next_ones(subject: &Subject) {
    let (store, now) = (&subject.store, Moment::after(HOUR));
    store.release("a", LeaseKey(7)).await.unwrap();
    let key = subject.first("a", now, HOUR).await;
    let of_another = subject.first("b", now, HOUR).await;
    store.release("a", of_another).await.unwrap();
    assert_eq!(store.lease("a", now, HOUR).await, Ok(Lease::Taken), "that is not its key");
    store.release("a", key).await.unwrap();
    assert_eq!(store.lease("b", now, HOUR).await, Ok(Lease::Taken), "only that one");
    subject.first("a", now, HOUR).await;
}

async fn a_lease_that_was_taken_over_is_not_given_back_by_the_one_before(subject: &Subject) {
    let (store, now) = (&subject.store, Moment::after(HOUR));
    let slow = subject.first("a", now, Duration::from_millis(1)).await;
    let later = now + MINUTE;
    let next = loop {
        // A server has its own clock.
        if let Lease::First(key) = store.lease("a", later, HOUR).await.unwrap() {
            break key;
        }
    };
    store.release("a", slow).await.unwrap();
    assert_eq!(store.lease("a", later, HOUR).await, Ok(Lease::Taken), "whoever took it over has it");
    store.release("a", next).await.unwrap();
    subject.first("a", later, HOUR).await;
}

async fn whoever_waits_learns_that_a_session_was_deleted(subject: &Subject) {
    let ticket = subject.create(1).await;
    let seen = subject.load_to_keep(&ticket).await;
    let mut over = subject.store.over(&seen);
    assert!(poll_once(over.as_mut()).is_none());
    subject.delete(&ticket, &seen).await;
    over.await;
    assert!(!subject.store.is_current(&seen));
}

async fn what_was_loaded_no_longer_stands_after_any_end(subject: &Subject) {
    let tickets = [subject.create(1).await, subject.create(2).await, subject.create(3).await];
    let mut seen = Vec::new();
    for ticket in &tickets {
        seen.push(subject.load_to_keep(ticket).await);
    }
    subject.delete(&tickets[0], &seen[0]).await;
    subject.end(All::OfUser, 2).await;
    subject.end(All::OfProviderSession, 3).await;
    for seen in &seen {
        subject.store.over(seen).await;
        assert!(!subject.store.is_current(seen));
    }
}

async fn what_was_loaded_no_longer_stands_after_a_replacement(subject: &Subject) {
    let ticket = subject.create(1).await;
    let seen = subject.load_to_keep(&ticket).await;
    subject.store.replace(NAME, &ticket, &seen, renamed("Megan Bowen")).await.unwrap();
    if !subject.is_sealed_cookie {
        subject.store.over(&seen).await;
        assert!(!subject.store.is_current(&seen));
    }
}

async fn a_store_that_works_is_ready(subject: &Subject) {
    while !subject.store.ready().await.unwrap().near_cache {
        tokio::task::yield_now().await;
    }
}

/// What a session holds, but for when it began.
fn held(stored: Option<StoredSession>) -> SessionRecord {
    SessionRecord { beginning: Beginning::default(), ..stored.unwrap().record }
}

/// The first session under another name of the person.
pub(crate) fn renamed(display_name: &str) -> SessionRecord {
    let mut record = numbered(1);
    Arc::make_mut(&mut record.identity).display_name = Some(display_name.to_owned());
    record
}

pub(crate) fn poll_once<F: Future + ?Sized>(future: std::pin::Pin<&mut F>) -> Option<F::Output> {
    match future.poll(&mut Context::from_waker(Waker::noop())) {
        std::task::Poll::Ready(output) => Some(output),
        std::task::Poll::Pending => None,
    }
}
