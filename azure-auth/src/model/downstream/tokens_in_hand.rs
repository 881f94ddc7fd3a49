//! The tokens for other APIs that were got for one principal, for the requests after the one that got them.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use arc_swap::ArcSwapOption;
use http::header::HeaderValue;
use secrecy::ExposeSecret;

use super::held_token::{self, HeldToken};
use super::permission::ResourceName;
use crate::model::unix_time::UnixTime;

/// For all principals of an application together, in bytes: about 16,000 tokens of the common size.
pub(crate) const IN_HAND_BUDGET: usize = 32 * 1024 * 1024;

/// What a token takes beside its text, which is there twice.
const OVERHEAD: usize = 512;

/// What one principal has in hand. Read without a lock, and shared by every request of the same session or access token.
#[derive(Default)]
pub(crate) struct TokensInHand {
    /// The access token that proves the principal, where one does: with it others are got on behalf of the person.
    pub(crate) assertion: Option<Assertion>,
    list: ArcSwapOption<Vec<Arc<TokenInHand>>>,
}

/// A token as requests use it.
pub(crate) struct TokenInHand {
    pub(crate) resource: ResourceName,
    pub(crate) held: HeldToken,
    /// `Bearer …`, made once and marked as sensitive.
    pub(crate) authorization: HeaderValue,
    /// From then on, in seconds of Unix time, whoever notices first renews it.
    pub(crate) renew_from: AtomicU64,
    /// None where there is no room to keep it: then it serves the requests that wait for it.
    room: Option<Room>,
}

/// The text of an access token that was accepted.
#[derive(Clone)]
pub(crate) struct Assertion(pub(crate) Arc<[u8]>);

/// How many bytes all tokens in hand take.
#[derive(Clone, Debug, Default)]
pub(crate) struct TokenRoom(Arc<AtomicUsize>);

/// The bytes of one token, given back with it.
struct Room {
    all: TokenRoom,
    bytes: usize,
}

impl TokensInHand {
    /// Of a principal whom an access token proves.
    pub(crate) fn with_assertion(assertion: Assertion) -> Self {
        Self { assertion: Some(assertion), ..Self::default() }
    }

    /// The same tokens for a principal of whom more is known.
    pub(crate) fn like(other: &Self) -> Self {
        Self { assertion: other.assertion.clone(), list: ArcSwapOption::new(other.list.load_full()) }
    }

    /// The token for an API, whether it still serves or not.
    pub(crate) fn find(&self, resource: ResourceName) -> Option<Arc<TokenInHand>> {
        let list = self.list.load();
        list.as_ref()?.iter().find(|token| token.resource == resource).cloned()
    }

    /// Puts a token in the place of the one before, unless there is no room.
    pub(crate) fn put(&self, token: &Arc<TokenInHand>) {
        if token.room.is_some() {
            self.change(token.resource, Some(token));
        }
    }

    /// Puts a token away that an API does not take any more. A newer one stays.
    pub(crate) fn remove(&self, token: &Arc<TokenInHand>) {
        if self.find(token.resource).is_some_and(|found| Arc::ptr_eq(&found, token)) {
            self.change(token.resource, None);
        }
    }

    fn change(&self, resource: ResourceName, token: Option<&Arc<TokenInHand>>) {
        self.list.rcu(|list| {
            let others = list.iter().flat_map(|list| list.iter()).filter(|token| token.resource != resource).cloned();
            Some(Arc::new(others.chain(token.cloned()).collect::<Vec<_>>()))
        });
    }
}

impl TokenInHand {
    /// None: the text cannot be written into a header. `renew_from`: that of the token, or a little earlier.
    pub(crate) fn new(resource: ResourceName, held: HeldToken, renew_from: UnixTime, room: &TokenRoom) -> Option<Self> {
        let authorization = held_token::authorization(&held.secret)?;
        let room = room.take(2 * held.secret.expose_secret().len() + OVERHEAD);
        Some(Self { resource, held, authorization, renew_from: AtomicU64::new(renew_from.0), room })
    }

    /// Whether it is to be renewed, and the caller is the one who does; nobody else does so until `next`.
    pub(crate) fn begins_renewal(&self, now: UnixTime, next: UnixTime) -> bool {
        let due = self.renew_from.load(Ordering::Relaxed);
        let begins = || self.renew_from.compare_exchange(due, next.0, Ordering::Relaxed, Ordering::Relaxed).is_ok();
        now.0 >= due && begins()
    }

    /// Nobody renews it before.
    pub(crate) fn put_off(&self, until: UnixTime) {
        self.renew_from.store(until.0, Ordering::Relaxed);
    }
}

impl TokenRoom {
    fn take(&self, bytes: usize) -> Option<Room> {
        let taken = self.0.fetch_add(bytes, Ordering::Relaxed) + bytes;
        let room = Room { all: self.clone(), bytes };
        // Dropped, it gives back what it took.
        (taken <= IN_HAND_BUDGET).then_some(room)
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        self.all.0.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

impl fmt::Debug for TokensInHand {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("TokensInHand").finish_non_exhaustive()
    }
}

impl fmt::Debug for TokenInHand {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("TokenInHand").field(&self.held).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STORAGE: ResourceName = ResourceName::Uri("https://storage.azure.com");

    fn token(resource: ResourceName, text: &str, room: &TokenRoom) -> Option<Arc<TokenInHand>> {
        let held = HeldToken {
            secret: text.to_owned().into(),
            granted: Vec::new(),
            asked: Vec::new(),
            renew_at: UnixTime(1),
            ends_at: UnixTime(2),
        };
        TokenInHand::new(resource, held, UnixTime(1), room).map(Arc::new)
    }

    #[test]
    fn a_token_is_found_by_its_api_until_another_takes_its_place() {
        let (hand, room) = (TokensInHand::default(), TokenRoom::default());
        let graph = |text| token(ResourceName::Graph, text, &room).unwrap();
        let (first, second, other) = (graph("first"), graph("second"), token(STORAGE, "other", &room).unwrap());
        hand.put(&first);
        hand.put(&other);
        assert!(Arc::ptr_eq(&hand.find(ResourceName::Graph).unwrap(), &first));
        hand.put(&second);
        hand.remove(&first);
        assert!(Arc::ptr_eq(&hand.find(ResourceName::Graph).unwrap(), &second), "the newer one stays");
        hand.remove(&second);
        assert!(hand.find(ResourceName::Graph).is_none());
        assert!(Arc::ptr_eq(&hand.find(STORAGE).unwrap(), &other));
        assert!(hand.find(ResourceName::Uri("https://vault.azure.net")).is_none());
    }

    #[test]
    fn tokens_take_no_more_than_their_room_and_give_it_back() {
        let (hand, room) = (TokensInHand::default(), TokenRoom::default());
        let large = "t".repeat(IN_HAND_BUDGET / 2);
        let too_large = token(ResourceName::Graph, &large, &room).unwrap();
        hand.put(&too_large);
        assert!(hand.find(ResourceName::Graph).is_none(), "it serves those who wait for it, and is not kept");
        assert_eq!(room.0.load(Ordering::Relaxed), 0);
        let kept = token(ResourceName::Graph, "t", &room).unwrap();
        hand.put(&kept);
        assert!(room.0.load(Ordering::Relaxed) > 0);
        drop((hand, kept));
        assert_eq!(room.0.load(Ordering::Relaxed), 0);
    }

    #[test]
    fn a_token_does_not_print_and_one_that_no_header_holds_is_none() {
        let room = TokenRoom::default();
        assert!(token(ResourceName::Graph, "line\nbreak", &room).is_none());
        let token = token(ResourceName::Graph, "planted-secret", &room).unwrap();
        assert!(!format!("{token:?} {:?}", token.authorization).contains("planted"));
    }

    #[test]
    fn one_of_all_who_notice_renews_a_token_and_the_next_after_the_time_that_was_set() {
        let token = token(ResourceName::Graph, "t", &TokenRoom::default()).unwrap();
        assert!(!token.begins_renewal(UnixTime(0), UnixTime(30)));
        assert!(token.begins_renewal(UnixTime(1), UnixTime(31)));
        assert!(!token.begins_renewal(UnixTime(30), UnixTime(60)));
        token.put_off(UnixTime(100));
        assert!(!token.begins_renewal(UnixTime(99), UnixTime(129)));
        assert!(token.begins_renewal(UnixTime(100), UnixTime(130)));
    }
}
