//! Sign-ins in a row that did not stick: counted in a short-lived cookie of the browser, so that nobody is sent round for
//! ever.

use std::time::Duration;

use poem::Request;

use super::request_cell::RequestCell;
use super::request_facts;
use super::site::Site;
use crate::model::unix_time::UnixTime;

/// After so many in a row the next one is not begun by itself.
const LIMIT: u8 = 2;

/// In seconds. A loop goes round faster, and nobody signs in three times within a minute on purpose.
const LIFETIME: u32 = 60;

/// Whether the last sign-ins of this browser ended without a session that came back.
pub(crate) fn are_over(request: &Request, site: &Site) -> bool {
    count(request, site) >= LIMIT
}

/// A sign-in ended well; whether its session comes back is not known yet.
pub(crate) fn note(cell: &RequestCell, request: &Request, site: &Site) {
    let next = count(request, site).saturating_add(1).to_string();
    cell.set_cookie(site.names.rounds(), &next, site.names.is_secure, Some(LIFETIME));
}

/// A session came back, or somebody was told: counting begins anew.
pub(crate) fn forget(cell: &RequestCell, request: &Request, site: &Site) {
    if count(request, site) > 0 {
        cell.delete_cookie(site.names.rounds(), site.names.is_secure);
    }
}

/// Whether the sign-in that began a session can still be among the counted. Later its cookie is gone by itself, and
/// nobody need look for it at every request.
pub(crate) fn may_be_counted(signed_in_at: UnixTime, now: UnixTime) -> bool {
    now.since(signed_in_at) <= Duration::from_secs(LIFETIME.into())
}

fn count(request: &Request, site: &Site) -> u8 {
    let value = request_facts::cookie(request, site.names.rounds());
    value.and_then(|value| value.parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sign_in_is_counted_as_long_as_the_cookie_lives() {
        let signed_in_at = UnixTime(1_800_000_000);
        for (now, expected) in [(0, true), (60, true), (61, false)] {
            assert_eq!(may_be_counted(signed_in_at, UnixTime(signed_in_at.0 + now)), expected, "{now} s later");
        }
        assert!(may_be_counted(signed_in_at, UnixTime(signed_in_at.0 - 5)), "another replica's clock is ahead");
    }
}
