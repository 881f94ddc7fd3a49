//! From a proven identity to the record of a session, and that record within its budget.

use std::sync::Arc;

use aws_lc_rs::digest::{SHA256, digest};
use thiserror::Error;

use super::cookies;
use super::seal::{SealNonce, SealingKeys};
use crate::model::callers::groups::RelevantGroups;
use crate::model::refusals::diagnosis::{Details, Diagnosed};
use crate::model::sessions::session::{AuthorityFingerprint, Beginning, SessionId, SessionLifetimes, SessionRecord};
use crate::model::settings::authority::Authority;
use crate::model::unix_time::UnixTime;
use crate::rules::token::id_token::ValidatedIdToken;

/// Bytes of `name=value` of the session cookies together, unless the application asks for more.
pub(crate) const COOKIE_BUDGET: usize = cookies::PIECE_LIMIT;

/// The most an application may ask for: servers and proxies refuse requests whose headers are much longer.
pub(crate) const COOKIE_BUDGET_LIMIT: usize = 8192;

/// A sealed session and what had to go so that it fits.
#[derive(Debug)]
pub(crate) struct SealedSession {
    pub(crate) ticket: String,
    /// The names of the claims that were dropped, the biggest first.
    pub(crate) dropped_claims: Vec<String>,
}

/// Why no session was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub(crate) enum SessionRecordError {
    /// Usual cause: the person has very many app roles; an administrator removes some.
    #[error("the session needs {found} bytes without any extra claim, its cookies hold {budget}")]
    OverBudget { found: usize, budget: usize },
    #[error("the session could not be sealed")]
    NotSealed,
}

impl Diagnosed for SessionRecordError {
    fn details(&self) -> Details {
        match self {
            Self::OverBudget { found, budget } => {
                Details::new(format!("{found} bytes"), format!("at most {budget} bytes")).remedy(
                    "assign fewer app roles, raise `AzureAuthBuilder::session_cookie_budget`, or keep sessions on the \
                     server (`AZURE_SESSION_STORE`)",
                )
            }
            Self::NotSealed => Details::new("no sealed text", "a sealed text"),
        }
    }
}

/// What a session is given beside the identity that it proves.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Birth {
    pub(crate) id: SessionId,
    pub(crate) beginning: Beginning,
    pub(crate) authority: AuthorityFingerprint,
    pub(crate) now: UnixTime,
}

/// A session begins with a validated ID token and nothing else.
pub(crate) fn begin(
    token: ValidatedIdToken,
    groups: &RelevantGroups,
    lifetimes: SessionLifetimes,
    Birth { id, beginning, authority, now }: Birth,
) -> SessionRecord {
    SessionRecord {
        id,
        signed_in_at: now,
        last_seen: now,
        idle_seconds: lifetimes.idle.as_secs(),
        ends_at: now + lifetimes.absolute,
        groups: groups.record(&token.groups),
        provider_session: token.provider_session,
        data: None,
        identity: Arc::new(token.identity),
        beginning,
        authority,
    }
}

/// Names an authority in records, computed once: it says that two are different, and not which they are.
pub(crate) fn fingerprint(authority: &Authority) -> AuthorityFingerprint {
    let hash = digest(&SHA256, authority.canonical().as_bytes());
    AuthorityFingerprint(hash.as_ref()[..8].iter().fold(0, |all, byte| all << 8 | u64::from(*byte)))
}

/// Seals a record; over the budget, extra claims go first, the biggest one before the others.
pub(crate) fn seal(
    mut record: SessionRecord,
    keys: &SealingKeys,
    cookie_name: &str,
    budget: usize,
    nonce: SealNonce,
) -> Result<SealedSession, SessionRecordError> {
    let mut dropped_claims = Vec::new();
    loop {
        let plain = serde_json::to_vec(&record).map_err(|_| SessionRecordError::NotSealed)?;
        // The nonce is used once: only a text that is sent is sealed.
        let length = length_in_cookies(&plain, cookie_name);
        if length <= budget {
            let ticket = keys.seal(cookie_name, &plain, nonce).ok_or(SessionRecordError::NotSealed)?;
            return Ok(SealedSession { ticket, dropped_claims });
        }
        let size = |value: &serde_json::Value| value.to_string().len();
        let claims = &mut Arc::make_mut(&mut record.identity).claims;
        let biggest = claims.iter().max_by_key(|(_, value)| size(value)).map(|(name, _)| name.clone());
        let name = biggest.ok_or(SessionRecordError::OverBudget { found: length, budget })?;
        claims.remove(&name);
        dropped_claims.push(name);
    }
}

/// Opens what [`seal`] made.
pub(crate) fn read(plain: &[u8]) -> Option<SessionRecord> {
    // Whether it is text is asked once for the whole, not for every value in it.
    serde_json::from_str(std::str::from_utf8(plain).ok()?).ok()
}

/// Bytes of `name=value` of all cookies of a record, once it is sealed.
pub(crate) fn cookie_length(record: &SessionRecord, cookie_name: &str) -> Option<usize> {
    serde_json::to_vec(record).ok().map(|plain| length_in_cookies(&plain, cookie_name))
}

fn length_in_cookies(plain: &[u8], cookie_name: &str) -> usize {
    // Base64url of 33 bytes around the plain text.
    cookies::length_in_pieces(cookie_name, ((plain.len() + 33) * 4).div_ceil(3))
}

#[cfg(test)]
pub(crate) mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::model::callers::identity::{Identity, UserId};
    use crate::rules::session::seal::Purpose;

    pub(crate) fn record(begun: u64) -> SessionRecord {
        let lifetimes = SessionLifetimes::default();
        SessionRecord {
            id: SessionId([1, 2]),
            signed_in_at: UnixTime(begun),
            last_seen: UnixTime(begun),
            idle_seconds: lifetimes.idle.as_secs(),
            ends_at: UnixTime(begun) + lifetimes.absolute,
            groups: None,
            provider_session: None,
            data: None,
            beginning: Beginning::default(),
            authority: AuthorityFingerprint::default(),
            identity: Arc::new(Identity {
                roles_are_unknown: false,
                id: UserId::OpenId { issuer: "https://accounts.example".to_owned(), subject: "s".to_owned() },
                display_name: Some("Adele Vance".to_owned()),
                preferred_username: None,
                email: None,
                roles: vec!["Admin".to_owned()],
                login_hint: None,
                claims: BTreeMap::new(),
            }),
        }
    }

    fn sealed(record: SessionRecord) -> Result<SealedSession, SessionRecordError> {
        seal(record, &keys(), "name", COOKIE_BUDGET, [0; 12])
    }

    fn keys() -> SealingKeys {
        SealingKeys::derive(&[vec![1; 32]], Purpose::Session).unwrap()
    }

    #[test]
    fn a_record_comes_back_as_it_was_sealed() {
        let mut record = record(1_800_000_000);
        Arc::make_mut(&mut record.identity).claims.insert("department".to_owned(), serde_json::json!(["a", 1]));
        let sealed = sealed(record.clone()).unwrap();
        assert_eq!(read(&keys().open("name", &sealed.ticket).unwrap()), Some(record));
        assert!(sealed.dropped_claims.is_empty());
    }

    #[test]
    fn over_the_budget_the_biggest_claim_goes_first_and_the_rest_stays() {
        let mut record = record(1_800_000_000);
        Arc::make_mut(&mut record.identity).claims.insert("big".to_owned(), "b".repeat(3000).into());
        Arc::make_mut(&mut record.identity).claims.insert("bigger".to_owned(), "c".repeat(3500).into());
        Arc::make_mut(&mut record.identity).claims.insert("small".to_owned(), "d".repeat(100).into());
        let sealed = sealed(record).unwrap();
        assert_eq!(sealed.dropped_claims, ["bigger", "big"]);
        let read = read(&keys().open("name", &sealed.ticket).unwrap()).unwrap();
        assert_eq!(read.identity.claims.keys().collect::<Vec<_>>(), ["small"]);
    }

    #[test]
    fn the_budget_is_met_to_the_byte() {
        let mut largest = 0;
        for length in 2200..2800 {
            let mut record = record(1_800_000_000);
            Arc::make_mut(&mut record.identity).roles = vec!["r".repeat(length)];
            match sealed(record) {
                Ok(sealed) => largest = largest.max("name=".len() + sealed.ticket.len()),
                Err(problem) => {
                    assert!(matches!(problem, SessionRecordError::OverBudget { found, .. } if found > COOKIE_BUDGET));
                }
            }
        }
        assert!((COOKIE_BUDGET - 1..=COOKIE_BUDGET).contains(&largest), "{largest}");
    }

    /// Every form of an authority; a session of one must not be taken for one of another.
    pub(crate) const AUTHORITIES: [&str; 12] = [
        "https://login.microsoftonline.com/33333333-cccc-4ddd-8eee-444444444444",
        "https://login.microsoftonline.com/44444444-cccc-4ddd-8eee-444444444444",
        "https://login.microsoftonline.com/contoso.onmicrosoft.com",
        "https://login.microsoftonline.com/common",
        "https://login.microsoftonline.com/organizations",
        "https://login.microsoftonline.com/consumers",
        "https://login.microsoftonline.us/33333333-cccc-4ddd-8eee-444444444444",
        "https://login.partner.microsoftonline.cn/33333333-cccc-4ddd-8eee-444444444444",
        "https://contoso.ciamlogin.com/33333333-cccc-4ddd-8eee-444444444444",
        "https://contoso.ciamlogin.com",
        "https://accounts.example.com",
        "https://accounts.example.com/realms/main",
    ];

    #[test]
    fn two_authorities_share_a_fingerprint_only_if_they_are_one() {
        let of = |text: &str| fingerprint(&Authority::parse(text).unwrap());
        for (first, one) in AUTHORITIES.iter().enumerate() {
            for (second, other) in AUTHORITIES.iter().enumerate() {
                assert_eq!(of(one) == of(other), first == second, "{one} and {other}");
            }
            assert_eq!(of(&format!("{one}/")), of(one), "a slash at the end makes no other authority of it");
        }
        assert_eq!(of(&format!("{}/v2.0", AUTHORITIES[0])), of(AUTHORITIES[0]));
    }

    #[test]
    fn what_is_no_record_is_no_session() {
        for plain in [&b""[..], b"{}", b"null", b"[1]", b"\xff"] {
            assert_eq!(read(plain), None);
        }
    }
}
