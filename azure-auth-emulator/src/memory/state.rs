//! What one emulator remembers.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use tokio::sync::watch;

use super::front_channel::FrontChannelRequest;
use super::keys::KeyRing;
use super::random::random_text;
use super::session::Session;
use super::transcript::Exchange;
use crate::directory::authority::Authority;
use crate::directory::host::AnsweredHosts;
use crate::directory::plain_provider::PlainProvider;
use crate::directory::platform::Platform;
use crate::directory::seed::Directory;
use crate::directory::user::User;
use crate::faults::defect::Defect;
use crate::faults::entra_error::EntraError;
use crate::faults::forced_error::{ForcedError, Place};

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
    /// Codes, including those that were redeemed.
    codes: Mutex<HashMap<String, Grant>>,
    refresh_tokens: Mutex<HashMap<String, Grant>>,
    access_tokens: Mutex<HashMap<String, Grant>>,
    /// In the order in which they began.
    sessions: Mutex<Vec<Session>>,
}

/// What a person agreed to, behind a code or a refresh token.
#[derive(Clone, Debug)]
pub(crate) struct Grant {
    pub(crate) authority: Authority,
    /// The tenant the person signed in to.
    pub(crate) tenant: String,
    pub(crate) user: User,
    /// `sid` of the browser session in which they agreed.
    pub(crate) sid: String,
    pub(crate) client_id: String,
    pub(crate) redirect_uri: String,
    /// What the redirect URI is registered for.
    pub(crate) platform: Platform,
    pub(crate) scope: String,
    pub(crate) nonce: Option<String>,
    pub(crate) code_challenge: Option<String>,
    /// When the code was issued. A refresh token inherits it.
    pub(crate) issued: Instant,
    pub(crate) is_used: bool,
}

impl Grant {
    pub(crate) fn has_scope(&self, name: &str) -> bool {
        self.scope.split(' ').any(|scope| scope == name)
    }
}

impl State {
    pub(crate) fn new(
        origin: String,
        hosts: AnsweredHosts,
        directory: Directory,
        plain: PlainProvider,
        keys: KeyRing,
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
            codes: Mutex::default(),
            refresh_tokens: Mutex::default(),
            access_tokens: Mutex::default(),
            sessions: Mutex::default(),
        }
    }

    /// `http` or `https`.
    pub(crate) fn scheme(&self) -> &str {
        self.origin.split(':').next().unwrap_or_default()
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

    pub(crate) fn inject(&self, defect: Defect) {
        lock(&self.defects).insert(defect);
    }

    pub(crate) fn force_error(&self, error: ForcedError) {
        let mut forced = lock(&self.forced_errors);
        forced.retain(|known| known.place != error.place);
        forced.push(error);
    }

    pub(crate) fn forced_error(&self, place: Place) -> Option<EntraError> {
        lock(&self.forced_errors).iter().find(|error| error.place == place).map(ForcedError::to_entra_error)
    }

    pub(crate) fn clear_defects(&self) {
        lock(&self.defects).clear();
        lock(&self.forced_errors).clear();
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

    pub(crate) fn issue_code(&self, grant: Grant) -> String {
        let code = format!("1.{}", random_text());
        lock(&self.codes).insert(code.clone(), grant);
        code
    }

    /// The grant behind a code, which stays as it is.
    pub(crate) fn code_grant(&self, code: &str) -> Option<Grant> {
        lock(&self.codes).get(code).cloned()
    }

    /// The grant behind a code, as it was before; from now on it is used.
    pub(crate) fn use_code(&self, code: &str) -> Option<Grant> {
        let mut codes = lock(&self.codes);
        let grant = codes.get_mut(code)?;
        let before = grant.clone();
        grant.is_used = true;
        Some(before)
    }

    pub(crate) fn issue_refresh_token(&self, grant: Grant) -> String {
        let token = format!("1.R{}", random_text());
        lock(&self.refresh_tokens).insert(token.clone(), grant);
        token
    }

    pub(crate) fn refresh_grant(&self, token: &str) -> Option<Grant> {
        lock(&self.refresh_tokens).get(token).cloned()
    }

    pub(crate) fn note_access_token(&self, token: &str, grant: Grant) {
        lock(&self.access_tokens).insert(token.to_owned(), grant);
    }

    /// The grant behind an access token, if this emulator issued it.
    pub(crate) fn access_grant(&self, token: &str) -> Option<Grant> {
        lock(&self.access_tokens).get(token).cloned()
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

/// A poisoned lock is taken as it is: nothing that runs under it can panic half-way.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
