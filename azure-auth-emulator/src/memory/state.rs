//! What one emulator remembers.

use std::collections::HashSet;
use std::sync::Mutex;

use tokio::sync::watch;

use super::assertions::Assertions;
use super::consents::Consents;
use super::demands::{Demands, Lifetimes};
use super::front_channel::FrontChannelRequest;
use super::gates::Gates;
use super::issued::Issued;
use super::keys::KeyRing;
use super::lock;
use super::session::Session;
use super::transcript::Exchange;
use crate::directory::host::AnsweredHosts;
use crate::directory::plain_provider::PlainProvider;
use crate::directory::seed::Directory;
use crate::directory::user::User;
use crate::faults::defect::Defect;
use crate::faults::entra_error::EntraError;
use crate::faults::forced_error::{ForcedError, Place};
use crate::faults::token_grant::TokenGrant;

pub(crate) struct State {
    pub(crate) origin: String,
    pub(crate) hosts: AnsweredHosts,
    pub(crate) directory: Directory,
    pub(crate) plain: PlainProvider,
    keys: Mutex<KeyRing>,
    defects: Mutex<HashSet<Defect>>,
    /// At most one for each place.
    forced_errors: Mutex<Vec<ForcedError>>,
    /// Changes whenever the defects or the transcript do; slow answers and tests wait for it.
    changes: watch::Sender<u64>,
    transcript: Mutex<Vec<Exchange>>,
    pub(crate) issued: Issued,
    pub(crate) assertions: Assertions,
    pub(crate) consents: Consents,
    pub(crate) demands: Demands,
    pub(crate) gates: Gates,
    lifetimes: Mutex<Lifetimes>,
    /// In the order in which they began.
    sessions: Mutex<Vec<Session>>,
}

impl State {
    pub(crate) fn new(
        origin: String,
        hosts: AnsweredHosts,
        directory: Directory,
        plain: PlainProvider,
        keys: KeyRing,
        lifetimes: Lifetimes,
    ) -> Self {
        Self {
            origin,
            hosts,
            directory,
            plain,
            keys: Mutex::new(keys),
            defects: Mutex::default(),
            forced_errors: Mutex::default(),
            changes: watch::channel(0).0,
            transcript: Mutex::default(),
            issued: Issued::default(),
            assertions: Assertions::default(),
            consents: Consents::default(),
            demands: Demands::default(),
            gates: Gates::default(),
            lifetimes: Mutex::new(lifetimes),
            sessions: Mutex::default(),
        }
    }

    /// `http` or `https`.
    pub(crate) fn scheme(&self) -> &str {
        self.origin.split(':').next().unwrap_or_default()
    }

    /// Host and port.
    pub(crate) fn host(&self) -> &str {
        self.origin.split_once("://").map_or("", |(_, host)| host)
    }

    pub(crate) fn keys(&self) -> KeyRing {
        lock(&self.keys).clone()
    }

    pub(crate) fn set_keys(&self, keys: KeyRing) {
        *lock(&self.keys) = keys;
    }

    pub(crate) fn has(&self, defect: Defect) -> bool {
        lock(&self.defects).contains(&defect)
    }

    /// All that are injected, in the order of their list.
    pub(crate) fn defects(&self) -> Vec<Defect> {
        let injected = lock(&self.defects);
        Defect::ALL.iter().copied().filter(|defect| injected.contains(defect)).collect()
    }

    pub(crate) fn inject(&self, defect: Defect) {
        lock(&self.defects).insert(defect);
    }

    pub(crate) fn force_error(&self, error: ForcedError) {
        let mut forced = lock(&self.forced_errors);
        forced.retain(|known| known.place != error.place);
        forced.extend(Some(error).filter(|error| error.times != Some(0)));
    }

    /// The error that a test wants to be answered here, which then counts as answered.
    pub(crate) fn forced_error(&self, place: Place) -> Option<EntraError> {
        let mut forced = lock(&self.forced_errors);
        let index = forced.iter().position(|error| error.place == place)?;
        let error = forced[index].to_entra_error();
        if let Some(left) = &mut forced[index].times {
            *left = left.saturating_sub(1);
        }
        forced.retain(|error| error.times != Some(0));
        Some(error)
    }

    pub(crate) fn lifetimes(&self) -> Lifetimes {
        *lock(&self.lifetimes)
    }

    pub(crate) fn change_lifetimes(&self, change: impl FnOnce(&mut Lifetimes)) {
        change(&mut lock(&self.lifetimes));
    }

    pub(crate) fn clear_defects(&self) {
        lock(&self.defects).clear();
        lock(&self.forced_errors).clear();
        self.demands.clear();
        self.changes.send_modify(|count| *count += 1);
    }

    /// Waits as long as a defect is there.
    pub(crate) async fn wait_while(&self, defect: Defect) {
        let mut changes = self.changes.subscribe();
        while self.has(defect) && changes.changed().await.is_ok() {}
    }

    pub(crate) fn transcript(&self) -> Vec<Exchange> {
        lock(&self.transcript).clone()
    }

    /// How many token requests of this kind were noted.
    pub(crate) fn token_requests(&self, grant: TokenGrant) -> usize {
        let is_meant = |exchange: &&Exchange| {
            let offered = exchange.parameter("grant_type").and_then(TokenGrant::of_type);
            exchange.path.ends_with("/token") && exchange.method == "POST" && offered == Some(grant)
        };
        lock(&self.transcript).iter().filter(is_meant).count()
    }

    /// How many requests for tokens of the managed identity were noted.
    pub(crate) fn managed_identity_requests(&self) -> usize {
        let is_meant = |exchange: &&Exchange| MANAGED_IDENTITY_PATHS.contains(&exchange.path.as_str());
        lock(&self.transcript).iter().filter(is_meant).count()
    }

    /// Notes a request; its status follows when there is one.
    pub(crate) fn note(&self, exchange: Exchange) -> usize {
        let mut transcript = lock(&self.transcript);
        transcript.push(exchange);
        let index = transcript.len() - 1;
        drop(transcript);
        self.changes.send_modify(|count| *count += 1);
        index
    }

    /// Waits until so many requests to paths with this end were noted.
    pub(crate) async fn wait_for_requests(&self, end_of_path: &str, times: usize) {
        let mut changes = self.changes.subscribe();
        let is_asked = |exchange: &&Exchange| exchange.path.ends_with(end_of_path);
        while lock(&self.transcript).iter().filter(is_asked).count() < times && changes.changed().await.is_ok() {}
    }

    pub(crate) fn note_status(&self, index: usize, status: u16) {
        if let Some(exchange) = lock(&self.transcript).get_mut(index) {
            exchange.status = status;
        }
    }

    pub(crate) fn begin_session(&self, user_name: &str) -> Session {
        let session = Session::new(user_name);
        lock(&self.sessions).push(session.clone());
        session
    }

    /// The session of a browser with this cookie, as it is now.
    pub(crate) fn session(&self, cookie: &str) -> Option<Session> {
        lock(&self.sessions).iter().find(|session| session.cookie == cookie).cloned()
    }

    pub(crate) fn sessions_of(&self, user: &User) -> Vec<Session> {
        lock(&self.sessions).iter().filter(|session| session.user_name == user.user_name).cloned().collect()
    }

    /// When the person of a session signed in.
    pub(crate) fn session_began(&self, sid: &str) -> Option<u64> {
        lock(&self.sessions).iter().find(|session| session.sid == sid).map(|session| session.began)
    }

    /// Remembers whom to tell when the session ends.
    pub(crate) fn remember_to_tell(&self, cookie: &str, request: FrontChannelRequest) {
        if let Some(session) = lock(&self.sessions).iter_mut().find(|session| session.cookie == cookie) {
            session.remember_to_tell(request);
        }
    }

    pub(crate) fn end_session(&self, cookie: &str) {
        lock(&self.sessions).retain(|session| session.cookie != cookie);
    }
}

/// Where a machine and a hosted application get tokens of their identity.
const MANAGED_IDENTITY_PATHS: [&str; 2] = ["/metadata/identity/oauth2/token", "/msi/token"];
