//! A session that a browser brought, and that cannot be used.

use thiserror::Error;

use crate::model::refusals::diagnosis::{Details, Diagnosed};
use crate::model::refusals::reason::Reason;

/// Why a session cookie is not a session. To the visitor each of them is the same: sign in again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub(crate) enum LostSession {
    /// Usual cause: another replica has other keys, or the keys changed.
    #[error("the session is sealed with a key that this process does not have")]
    UnknownKey,
    /// Usual cause: something between the browser and the program shortens headers, or drops one of several cookies.
    #[error("the session cookie was cut, or is not one of this kind of session store")]
    Cut,
    #[error("the session cookie is longer than any that this application makes")]
    TooLong,
    #[error("the session cookie was changed, or was made for another application")]
    Changed,
    /// Usual cause: the process restarted, or another replica knows it.
    #[error("this process does not know the session: it ended, or began before a restart or at another replica")]
    UnknownHere,
    /// Usual cause: it ended, and a copy of the cookie came back.
    #[cfg_attr(not(feature = "redis"), allow(dead_code, reason = "of a server's store"))]
    #[error("the session store does not know the session: it ended, or the store dropped it")]
    UnknownToStore,
    /// Somebody signed out, here or elsewhere.
    #[error("the session was ended before its time")]
    Ended,
    #[error("the time of the session is over")]
    Over,
    /// Usual cause: `AZURE_ISSUER_URI` was changed.
    #[error("the session began at another authority than the one of `AZURE_ISSUER_URI`")]
    OtherAuthority,
    /// Usual cause: `AZURE_VALID_TENANT_IDS` was changed.
    #[error("the session is of a tenant that is not accepted any more")]
    OtherTenant,
}

impl LostSession {
    pub(crate) fn reason(self) -> Reason {
        match self {
            Self::UnknownKey => Reason::SessionKeyUnknown,
            Self::Cut => Reason::SessionCut,
            Self::TooLong => Reason::SessionTooLong,
            Self::Changed => Reason::SessionChanged,
            Self::UnknownHere | Self::UnknownToStore => Reason::SessionUnknown,
            Self::Ended => Reason::SessionEnded,
            Self::Over => Reason::SessionOver,
            Self::OtherAuthority => Reason::SessionOfOtherAuthority,
            Self::OtherTenant => Reason::SessionOfOtherTenant,
        }
    }

    /// Whether it happens every day, and nothing is wrong.
    pub(crate) fn is_ordinary(self) -> bool {
        matches!(self, Self::Ended | Self::Over)
    }
}

impl Diagnosed for LostSession {
    fn details(&self) -> Details {
        match self {
            Self::UnknownKey => Details::new("the id of another key", "a key that `AZURE_SESSION_KEYS` lists"),
            Self::Cut => Details::new("a part of a cookie, or one of another shape", "a session cookie as it was set"),
            Self::TooLong => Details::new("a longer cookie", "a session cookie as it was set"),
            Self::Changed => Details::new("a cookie that does not open", "a session cookie as it was set"),
            Self::UnknownHere => Details::new("a session of another process", "a session that this process keeps")
                .remedy(
                    "sign in again; sessions live through restarts and are shared by replicas with `AZURE_SESSION_STORE` \
                     set to `cookie` or `redis://…`",
                ),
            Self::UnknownToStore => Details::new("no such session", "a session that the store keeps").remedy(
                "sign in again; where it happens to many, see that Redis keeps its keys (`maxmemory-policy noeviction`)",
            ),
            Self::Ended => Details::new("a session that was ended", "a session that goes on"),
            Self::Over => Details::new("a session whose time is over", "a session that goes on"),
            Self::OtherAuthority => Details::new("a session of another authority", "one of `AZURE_ISSUER_URI`"),
            Self::OtherTenant => Details::new("a session of another tenant", "one of `AZURE_VALID_TENANT_IDS`"),
        }
    }
}
