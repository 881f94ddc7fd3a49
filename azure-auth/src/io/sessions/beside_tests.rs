//! What every store promises of what is kept beside sessions; one that keeps nothing says so.

use super::beside::{Beside, BesidePlace, CONTENT_LIMIT};
use super::store::{StoreError, StoreOutcome, StoredSession};
use super::store_tests::{All, BOTH, HOUR, NAME, NOW, Subject, numbered, poll_once, renamed};
use crate::model::refusals::diagnosis::Diagnosed;
use crate::model::sessions::session::{SessionId, SessionRecord};

const SLOT: &str = "https://graph.example";

/// A session, and how it was loaded.
struct Held<'s> {
    subject: &'s Subject,
    ticket: String,
    seen: StoredSession,
}

impl<'s> Held<'s> {
    async fn of(subject: &'s Subject, number: u64) -> Self {
        let ticket = subject.create(number).await;
        let seen = subject.load(&ticket).await.unwrap();
        Self { subject, ticket, seen }
    }

    fn place<'a>(&'a self, name: &'a str, seen: &'a StoredSession, slot: &'a str) -> BesidePlace<'a> {
        BesidePlace { name, ticket: &self.ticket, seen, slot }
    }

    async fn put(&self, slot: &str, before: u64, content: &str) -> StoreOutcome {
        self.put_as(&self.seen, slot, before, content).await
    }

    async fn put_as(&self, seen: &StoredSession, slot: &str, before: u64, content: &str) -> StoreOutcome {
        let content = content.as_bytes().to_vec();
        self.subject.store.put_beside(self.place(NAME, seen, slot), before, content).await.unwrap()
    }

    async fn beside(&self, slot: &str) -> Beside {
        self.beside_as(NAME, &self.seen, slot).await
    }

    async fn beside_as(&self, name: &str, seen: &StoredSession, slot: &str) -> Beside {
        self.subject.store.load_beside(self.place(name, seen, slot)).await.unwrap()
    }

    async fn content(&self, slot: &str) -> Option<String> {
        self.beside(slot).await.content.map(|content| String::from_utf8(content).unwrap())
    }
}

pub(crate) async fn what_is_kept_beside_a_session_is_found_again(subject: &Subject) {
    let held = Held::of(subject, 1).await;
    assert_eq!(held.beside(SLOT).await, Beside::default());
    if !subject.store.keeps_beside() {
        let refused = subject.store.put_beside(held.place(NAME, &held.seen, SLOT), 0, b"first".to_vec()).await;
        assert_eq!(refused, Err(StoreError::NothingBeside));
        let remedy = StoreError::NothingBeside.details().remedy.unwrap();
        assert!(remedy.contains("AZURE_SESSION_STORE"), "{remedy}");
        assert_eq!(held.beside(SLOT).await, Beside::default());
        return;
    }
    assert_eq!(held.put(SLOT, 0, "first").await, StoreOutcome::InPlace);
    let first = held.beside(SLOT).await;
    assert_eq!(first.content.as_deref(), Some(&b"first"[..]));
    assert_ne!(first.version, 0);
    assert_eq!(held.put(SLOT, first.version, "").await, StoreOutcome::InPlace);
    let second = held.beside(SLOT).await;
    assert_eq!(second.content.as_deref(), Some(&b""[..]), "nothing in it is something");
    assert!(![0, first.version].contains(&second.version));
    assert_eq!(subject.load(&held.ticket).await.unwrap().record, held.seen.record, "the session is as it was");
}

pub(crate) async fn another_slot_session_or_person_finds_nothing_of_it(subject: &Subject) {
    let (held, same, other) = (Held::of(subject, 1).await, Held::of(subject, 1).await, Held::of(subject, 2).await);
    if !subject.store.keeps_beside() {
        return;
    }
    assert_eq!(held.put(SLOT, 0, "mine").await, StoreOutcome::InPlace);
    for slot in ["", "https://graph.exampl", "https://graph.example/", "HTTPS://GRAPH.EXAMPLE"] {
        assert_eq!(held.beside(slot).await, Beside::default(), "{slot}");
    }
    assert_eq!(same.beside(SLOT).await, Beside::default(), "another session of the person");
    assert_eq!(other.beside(SLOT).await, Beside::default());
    assert_eq!(held.beside_as("another", &held.seen, SLOT).await, Beside::default(), "another cookie");
    // Somebody else's session, as if it had this ticket.
    assert_eq!(held.beside_as(NAME, &other.seen, SLOT).await.content, None);
    assert_eq!(other.put(SLOT, 0, "theirs").await, StoreOutcome::InPlace);
    assert_eq!(held.put("second", 0, "also mine").await, StoreOutcome::InPlace);
    assert_eq!(held.content(SLOT).await.as_deref(), Some("mine"));
    assert_eq!(held.content("second").await.as_deref(), Some("also mine"));
    assert_eq!(other.content(SLOT).await.as_deref(), Some("theirs"));
}

pub(crate) async fn a_ticket_that_was_cut_keeps_nothing_beside_it(subject: &Subject) {
    let mut held = Held::of(subject, 1).await;
    if !subject.store.keeps_beside() {
        return;
    }
    let ticket = held.ticket.clone();
    for wrong in [&ticket[1..], "", "é", &"A".repeat(43)] {
        held.ticket = wrong.to_owned();
        assert_eq!(held.put(SLOT, 0, "lost").await, StoreOutcome::Gone, "{wrong}");
        assert_eq!(held.beside(SLOT).await, Beside::default(), "{wrong}");
    }
    held.ticket = ticket;
    let elsewhere = subject.store.put_beside(held.place("another", &held.seen, SLOT), 0, b"lost".to_vec()).await;
    assert_eq!(elsewhere, Ok(StoreOutcome::Gone));
    assert_eq!(held.beside(SLOT).await, Beside::default());
}

pub(crate) async fn of_two_who_write_a_slot_the_second_is_told_and_changes_nothing(subject: &Subject) {
    let held = Held::of(subject, 1).await;
    if !subject.store.keeps_beside() {
        return;
    }
    // Both have seen the same: first that nothing is there, then what the first of them wrote.
    for _ in 0..2 {
        let seen = held.beside(SLOT).await.version;
        assert_eq!(held.put(SLOT, seen, "newer").await, StoreOutcome::InPlace);
        assert_eq!(held.put(SLOT, seen, "older").await, StoreOutcome::Changed);
        assert_eq!(held.put(SLOT, 0, "older").await, StoreOutcome::Changed);
        assert_eq!(held.content(SLOT).await.as_deref(), Some("newer"));
    }
    assert_eq!(held.put("another", 7, "after what never was").await, StoreOutcome::Changed);
    assert_eq!(held.beside("another").await, Beside::default());
}

pub(crate) async fn of_many_who_write_a_slot_at_once_one_does(subject: &Subject) {
    let held = Held::of(subject, 1).await;
    if !subject.store.keeps_beside() {
        return;
    }
    let contents: Vec<String> = (0..8).map(|number| number.to_string()).collect();
    let mut writers: Vec<_> = contents.iter().map(|content| Box::pin(held.put(SLOT, 0, content))).collect();
    // All are under way before one is waited for.
    let begun: Vec<_> = writers.iter_mut().map(|writer| poll_once(writer.as_mut())).collect();
    let mut written = Vec::new();
    for (number, (writer, outcome)) in writers.into_iter().zip(begun).enumerate() {
        let outcome = match outcome {
            Some(outcome) => outcome,
            None => writer.await,
        };
        match outcome {
            StoreOutcome::InPlace => written.push(number.to_string()),
            outcome => assert_eq!(outcome, StoreOutcome::Changed),
        }
    }
    assert_eq!((written.len(), held.content(SLOT).await), (1, written.pop()));
}

/// Ends the session of a person in each of the three ways.
async fn end(held: &Held<'_>, all: Option<All>, number: u64) {
    match all {
        None => held.subject.delete(&held.ticket, &held.seen).await,
        Some(all) => held.subject.end(all, number).await,
    }
}

pub(crate) async fn what_is_kept_beside_a_session_ends_with_it_and_never_comes_after(subject: &Subject) {
    if !subject.store.keeps_beside() {
        return;
    }
    for all in [None, Some(BOTH[0]), Some(BOTH[1])] {
        let (held, other) = (Held::of(subject, 1).await, Held::of(subject, 2).await);
        assert_eq!(held.put(SLOT, 0, "kept").await, StoreOutcome::InPlace);
        assert_eq!(other.put(SLOT, 0, "theirs").await, StoreOutcome::InPlace);
        // A renewal has read it; the person signs out; the renewal ends.
        let before = held.beside(SLOT).await.version;
        end(&held, all, 1).await;
        assert_eq!(held.beside(SLOT).await, Beside::default(), "{all:?}");
        for before in [before, 0] {
            assert_eq!(held.put(SLOT, before, "renewed").await, StoreOutcome::Gone, "{all:?}");
        }
        assert_eq!(held.put("another", 0, "new").await, StoreOutcome::Gone, "{all:?}");
        assert_eq!(held.beside(SLOT).await, Beside::default(), "{all:?}");
        assert_eq!(held.beside("another").await, Beside::default(), "{all:?}");
        // The person signs in again: nothing of it is theirs.
        let again = Held::of(subject, 1).await;
        assert_eq!(again.beside(SLOT).await, Beside::default(), "{all:?}");
        assert_eq!(held.put(SLOT, 0, "renewed").await, StoreOutcome::Gone, "{all:?}");
        assert_eq!(other.content(SLOT).await.as_deref(), Some("theirs"), "{all:?}");
    }
}

pub(crate) async fn what_is_kept_beside_a_session_survives_what_changes_it(subject: &Subject) {
    let held = Held::of(subject, 1).await;
    if !subject.store.keeps_beside() {
        return;
    }
    assert_eq!(held.put(SLOT, 0, "kept").await, StoreOutcome::InPlace);
    let before = held.beside(SLOT).await;
    let store = &subject.store;
    assert_eq!(store.touch(NAME, &held.ticket, &held.seen, NOW + HOUR).await, Ok(StoreOutcome::InPlace));
    assert_eq!(held.beside(SLOT).await, before);
    let replaced = store.replace(NAME, &held.ticket, &held.seen, renamed("Megan Bowen")).await;
    assert_eq!(replaced, Ok(StoreOutcome::InPlace));
    let seen = subject.load(&held.ticket).await.unwrap();
    // Found by who loaded the session before, and by who loads it now.
    assert_eq!(held.beside(SLOT).await, before);
    assert_eq!(held.beside_as(NAME, &seen, SLOT).await, before);
    assert_eq!(held.put_as(&held.seen, SLOT, before.version, "renewed").await, StoreOutcome::InPlace);
    let content = held.beside_as(NAME, &seen, SLOT).await.content;
    assert_eq!(content.as_deref(), Some(&b"renewed"[..]));
}

pub(crate) async fn another_session_under_the_same_ticket_finds_nothing_and_may_begin_anew(subject: &Subject) {
    let held = Held::of(subject, 1).await;
    if !subject.store.keeps_beside() {
        return;
    }
    assert_eq!(held.put(SLOT, 0, "of the one before").await, StoreOutcome::InPlace);
    let record = SessionRecord { id: SessionId([9, 9]), ..numbered(1) };
    assert_eq!(subject.store.replace(NAME, &held.ticket, &held.seen, record).await, Ok(StoreOutcome::InPlace));
    let seen = subject.load(&held.ticket).await.unwrap();
    let found = held.beside_as(NAME, &seen, SLOT).await;
    assert_eq!(found.content, None);
    assert_eq!(held.put_as(&seen, SLOT, found.version, "of this one").await, StoreOutcome::InPlace);
    let found = held.beside_as(NAME, &seen, SLOT).await;
    assert_eq!(found.content.as_deref(), Some(&b"of this one"[..]));
    assert_eq!(held.beside(SLOT).await.content, None, "whoever has the one before finds nothing any more");
    for before in [found.version, held.beside(SLOT).await.version, 0] {
        held.put(SLOT, before, "late").await;
        assert_ne!(held.beside_as(NAME, &seen, SLOT).await.content.as_deref(), Some(&b"late"[..]), "nor writes it");
    }
}

pub(crate) async fn what_is_too_long_is_not_kept_beside_a_session(subject: &Subject) {
    let held = Held::of(subject, 1).await;
    if !subject.store.keeps_beside() {
        return;
    }
    let place = held.place(NAME, &held.seen, SLOT);
    let put = |before, length| subject.store.put_beside(place, before, vec![7; length]);
    assert_eq!(put(0, CONTENT_LIMIT).await, Ok(StoreOutcome::InPlace));
    let before = held.beside(SLOT).await;
    assert_eq!(before.content.as_ref().map(Vec::len), Some(CONTENT_LIMIT));
    let found = CONTENT_LIMIT + 1;
    let refused = Err(StoreError::BesideTooLong { found, limit: CONTENT_LIMIT });
    assert_eq!(put(before.version, found).await, refused);
    assert_eq!(held.beside(SLOT).await, before);
}
