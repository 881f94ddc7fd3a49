//! Sign-ins in a row that led nowhere: counted in a short-lived cookie of the browser, so that nobody is sent round for
//! ever.

use std::time::Duration;

use poem::Request;

use super::context::RequestContext;
use super::findings::Findings;
use super::request_facts;
use crate::model::unix_time::UnixTime;
use crate::web::application::site::Site;

/// After so many in a row the next one is not begun by itself.
const LIMIT: u8 = 2;

/// The same where the session does come back and was ended meanwhile: tabs that sign in at the same moment end each other's
/// sessions, and the browser loses none.
const LIMIT_OF_ENDED: u8 = 16;

/// In seconds. A loop goes round faster, and nobody signs in three times within a minute on purpose.
const LIFETIME: u32 = 60;

/// Two counts, as the cookie holds them: `1`, or `1.2`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Rounds {
    /// Sign-ins that ended well, whose session has not come back yet.
    signed_in: u8,
    /// Those that were to show nothing, and found somebody who has to be asked.
    silent: u8,
}

/// Whether the last sign-ins of this browser ended without a session that came back. `was_ended`: one did, and was ended
/// before its time.
pub(crate) fn are_over(request: &Request, site: &Site, was_ended: bool) -> bool {
    counted(request, site).are_over(was_ended)
}

/// How many sign-ins in a row found somebody who has to be asked.
pub(crate) fn silent(request: &Request, site: &Site) -> u8 {
    counted(request, site).silent
}

/// Whether after so many the next one that is to show nothing is not begun.
pub(crate) fn is_silence_over(silent: u8) -> bool {
    silent >= LIMIT
}

/// A sign-in ended well; whether its session comes back is not known yet. `came_back`: that of the one before did, such as
/// where several tabs sign in at the same moment.
pub(crate) fn note(context: &RequestContext<'_>, site: &Site, came_back: bool) {
    let before = if came_back { Rounds::default() } else { counted(context.request, site) };
    keep(context.findings, site, Rounds { signed_in: before.signed_in.saturating_add(1), silent: 0 });
}

/// A sign-in that was to show nothing found somebody who has to be asked.
pub(crate) fn note_silent(context: &RequestContext<'_>, site: &Site) {
    let rounds = counted(context.request, site);
    keep(context.findings, site, Rounds { silent: rounds.silent.saturating_add(1), ..rounds });
}

/// A session came back, or somebody was told: counting begins anew. Whether there was a count.
pub(crate) fn forget(context: &RequestContext<'_>, site: &Site) -> bool {
    let was_counted = counted(context.request, site) != Rounds::default();
    if was_counted {
        context.findings.delete_cookie(site.names.rounds(), site.names.is_secure);
    }
    was_counted
}

/// Whether the sign-in that began a session can still be among the counted. Later its cookie is gone by itself, and
/// nobody need look for it at every request.
pub(crate) fn may_be_counted(signed_in_at: UnixTime, now: UnixTime) -> bool {
    now.since(signed_in_at) <= Duration::from_secs(LIFETIME.into())
}

fn keep(findings: &Findings, site: &Site, rounds: Rounds) {
    findings.set_cookie(site.names.rounds(), &rounds.to_text(), site.names.is_secure, Some(LIFETIME));
}

fn counted(request: &Request, site: &Site) -> Rounds {
    request_facts::cookie(request, site.names.rounds()).map(Rounds::read).unwrap_or_default()
}

impl Rounds {
    fn are_over(self, was_ended: bool) -> bool {
        self.signed_in >= if was_ended { LIMIT_OF_ENDED } else { LIMIT }
    }

    fn read(text: &str) -> Self {
        let (signed_in, silent) = text.split_once('.').unwrap_or((text, "0"));
        Self { signed_in: signed_in.parse().unwrap_or(0), silent: silent.parse().unwrap_or(0) }
    }

    fn to_text(self) -> String {
        match self {
            Self { signed_in, silent: 0 } => signed_in.to_string(),
            Self { signed_in, silent } => format!("{signed_in}.{silent}"),
        }
    }
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

    #[test]
    fn tabs_that_end_each_others_sessions_are_no_loop_and_a_loop_ends_all_the_same() {
        let after = |signed_in| Rounds { signed_in, silent: 0 };
        for (signed_in, is_lost, is_ended) in [
            (0, false, false),
            (1, false, false),
            (2, true, false),
            (8, true, false),
            (15, true, false),
            (16, true, true),
        ] {
            let found = (after(signed_in).are_over(false), after(signed_in).are_over(true));
            assert_eq!(found, (is_lost, is_ended), "{signed_in}");
        }
    }

    #[test]
    fn both_counts_come_back_and_anything_else_counts_for_none() {
        for (signed_in, silent, text) in [(0, 0, "0"), (1, 0, "1"), (255, 0, "255"), (0, 2, "0.2"), (1, 255, "1.255")] {
            let rounds = Rounds { signed_in, silent };
            assert_eq!((rounds.to_text().as_str(), Rounds::read(text)), (text, rounds));
        }
        for text in ["", "x", "-1", "256", "1e3", ".", "a.b", "1.2.3"] {
            let rounds = Rounds::read(text);
            assert!(!is_silence_over(rounds.silent) && rounds.signed_in < LIMIT, "{text}");
        }
    }
}
