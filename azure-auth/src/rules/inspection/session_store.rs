//! Whether sessions can be kept, found again and ended.

use std::sync::Arc;

use azure_auth_policy::Guid;

use super::examination::Check;
use super::finding::Finding;
use crate::model::callers::claims::TokenClaims;
use crate::model::callers::identity::UserId;
use crate::model::sessions::session::{AuthorityFingerprint, Beginning, SessionId, SessionLifetimes, SessionRecord};
use crate::model::unix_time::UnixTime;

/// The name of the check.
pub(crate) const CHECK: &str = "session store";

/// Under which the made-up session is kept. No cookie has this name.
pub(crate) const NAME: &str = "azure-auth-doctor";

/// How far a session came on its way into the store and out of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum RoundTrip {
    Complete {
        near_cache: bool,
        may_evict: bool,
    },
    Failed {
        step: &'static str,
        found: String,
        remedy: String,
        name: &'static str,
    },
    /// It was kept, and not found or another one.
    NotFound,
    /// It was ended, and found all the same.
    NotEnded,
}

/// A session of somebody who does not exist.
pub(crate) fn made_up(
    id: SessionId,
    lifetimes: SessionLifetimes,
    beginning: Beginning,
    now: UnixTime,
) -> SessionRecord {
    SessionRecord {
        id,
        signed_in_at: now,
        last_seen: now,
        idle_seconds: lifetimes.idle.as_secs(),
        ends_at: now + lifetimes.absolute,
        identity: Arc::new(TokenClaims::default().into_identity(nobody())),
        groups: None,
        provider_session: None,
        data: None,
        beginning,
        // Of no authority: no application takes it for one of its sessions.
        authority: AuthorityFingerprint::default(),
    }
}

/// Neither such a tenant nor such a person exists.
pub(crate) fn nobody() -> UserId {
    UserId::Entra { tenant: Guid::from_u128(0), object: Guid::from_u128(0) }
}

pub(crate) fn judge(round_trip: &RoundTrip) -> Check {
    let check = Check::new(CHECK);
    match round_trip {
        RoundTrip::Complete { near_cache, may_evict } => {
            let notices = [(!near_cache).then(without_near_cache), may_evict.then(may_drop)];
            check
                .fact("round trip", "a made-up session was kept, found and ended")
                .findings(notices.into_iter().flatten())
        }
        RoundTrip::Failed { step, found, remedy, name } => {
            let otherwise = "look for the cause at the machine that runs this program";
            check.finding(
                Finding::problem(name)
                    .cause("the store's server is down, full or refuses, or a network is between")
                    .found(format!("when a made-up session was to be {step}: {found}"))
                    .expected("it is kept, found and ended")
                    .remedy(if remedy.is_empty() { otherwise } else { remedy }),
            )
        }
        RoundTrip::NotFound => check.finding(
            Finding::problem("session-store-forgets")
                .cause("the address leads to several servers that do not share what they keep")
                .found("a made-up session that was kept was not found again")
                .expected("it is found")
                .remedy("let AZURE_SESSION_STORE name one server, not a load balancer in front of several"),
        ),
        RoundTrip::NotEnded => check.finding(
            Finding::problem("session-store-keeps")
                .cause("the address leads to a replica that lags behind, or keys cannot be deleted")
                .found("a made-up session was found after it had ended")
                .expected("it is gone")
                .remedy("let AZURE_SESSION_STORE name the primary server"),
        ),
    }
}

fn without_near_cache() -> Finding {
    Finding::notice("session-store-asked-every-time")
        .cause("the server does not tell what changed: it is older than Redis 6, or refuses `CLIENT TRACKING`")
        .found("every request asks the store")
        .expected("a session that was loaded serves further requests")
        .remedy("allow `CLIENT TRACKING`, which Redis has since version 6")
}

fn may_drop() -> Finding {
    Finding::notice("session-store-may-evict")
        .cause("the server's `maxmemory-policy` lets it drop keys when its memory is full, and sessions with them")
        .found("a policy that evicts")
        .expected("sessions that end by their time")
        .remedy("set `maxmemory-policy noeviction`")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_became_of_a_made_up_session_is_told() {
        let complete = |near_cache, may_evict| RoundTrip::Complete { near_cache, may_evict };
        let failed = RoundTrip::Failed {
            step: "kept",
            found: "the session store cannot be reached: no connection".to_owned(),
            remedy: String::new(),
            name: "session-store-unreachable",
        };
        for (round_trip, expected) in [
            (complete(true, false), &[][..]),
            (complete(false, false), &["session-store-asked-every-time"][..]),
            (complete(false, true), &["session-store-asked-every-time", "session-store-may-evict"]),
            (failed, &["session-store-unreachable"]),
            (RoundTrip::NotFound, &["session-store-forgets"]),
            (RoundTrip::NotEnded, &["session-store-keeps"]),
        ] {
            let names: Vec<&str> = judge(&round_trip).findings.iter().map(|finding| finding.name).collect();
            assert_eq!(names, expected, "{round_trip:?}");
        }
    }
}
