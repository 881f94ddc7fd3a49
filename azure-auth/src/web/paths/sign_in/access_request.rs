//! The address at which a person is asked for more: sealed, so that nobody turns it into scopes that no handler declares.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::io::{clock, entropy};
use crate::model::sessions::asked_access::AskedAccess;
use crate::model::sessions::session::SessionId;
use crate::model::unix_time::UnixTime;
use crate::web::application::state::Application;

/// The parameter of `/login`.
pub(crate) const PARAMETER: &str = "access";

/// Whoever opens it later asks anew.
const LIFETIME: Duration = Duration::from_secs(600);

/// What a person is asked for, and where they go afterwards.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct AccessRequest {
    /// Whose it is. In another session it is a plain sign-in.
    session: SessionId,
    until: UnixTime,
    /// None: the page that leads there.
    pub(crate) return_to: Option<String>,
    pub(crate) access: AskedAccess,
    /// What tokens must be issued with, as JSON.
    pub(crate) claims: Option<String>,
}

impl AccessRequest {
    pub(crate) fn new(
        session: SessionId,
        return_to: Option<String>,
        access: AskedAccess,
        claims: Option<String>,
    ) -> Self {
        Self { session, until: clock::now() + LIFETIME, return_to, access, claims }
    }

    /// As the parameter has it; `None` where it cannot be sealed.
    pub(crate) fn seal(&self, application: &Application) -> Option<String> {
        let plain = serde_json::to_vec(self).ok()?;
        application.access_keys.as_ref()?.seal(PARAMETER, &plain, entropy::random().ok()?)
    }

    /// What was sealed here. Whose it is and whether its time is over [`is_for`](Self::is_for) says.
    pub(crate) fn open(text: &str, application: &Application) -> Option<Self> {
        let plain = application.access_keys.as_ref()?.open(PARAMETER, text).ok()?;
        serde_json::from_slice(&plain).ok()
    }

    /// Whether it was given to this session, lately.
    pub(crate) fn is_for(&self, session: Option<SessionId>) -> bool {
        session == Some(self.session) && clock::now() < self.until
    }
}
