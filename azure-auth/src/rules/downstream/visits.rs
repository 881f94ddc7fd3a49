//! How often a person was at the provider for the same thing lately: whoever comes back without it is not sent again at once.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::model::sessions::asked_access::{AskedAccess, AskedApi};
use crate::model::unix_time::UnixTime;

/// The latest visits, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Visits(Vec<Visit>);

/// What a person was asked for, and when they came back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Visit {
    apis: Vec<AskedApi>,
    is_challenged: bool,
    at: UnixTime,
}

/// After that a person may have done something about it, or an administrator.
const REMEMBERED: Duration = Duration::from_secs(600);

/// A person who did not agree is not asked again by itself. Proof may take two visits: the first may be answered from what
/// the provider remembers.
const CONSENTS: usize = 1;
const PROOFS: usize = 2;

/// More are not remembered.
const LIMIT: usize = 16;

impl Visits {
    /// Whether a person may be sent to the provider for this without having asked for it. A visit for more than this was one
    /// for this as well.
    pub(crate) fn allow(&self, access: &AskedAccess, now: UnixTime) -> bool {
        let AskedAccess { apis, is_challenged } = access;
        let is_same = |visit: &&Visit| {
            visit.is_challenged == *is_challenged
                && apis.iter().all(|api| visit.apis.iter().any(|asked| covers(asked, api)))
        };
        let count = self.0.iter().filter(is_same).filter(|visit| visit.is_recent(now)).count();
        count < if *is_challenged { PROOFS } else { CONSENTS }
    }

    /// The person came back.
    pub(crate) fn note(&mut self, access: &AskedAccess, now: UnixTime) {
        self.0.retain(|visit| visit.is_recent(now));
        if self.0.len() >= LIMIT {
            self.0.remove(0);
        }
        let AskedAccess { apis, is_challenged } = access.clone();
        self.0.push(Visit { apis, is_challenged, at: now });
    }
}

/// Whether whoever was asked for the first was asked for the second.
fn covers(asked: &AskedApi, api: &AskedApi) -> bool {
    asked.uri == api.uri && api.names.iter().all(|name| asked.names.contains(name))
}

impl Visit {
    /// A visit from the future is another replica's, whose clock differs.
    fn is_recent(&self, now: UnixTime) -> bool {
        now < self.at + REMEMBERED
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: UnixTime = UnixTime(1_800_000_000);

    fn asked(name: &str, is_challenged: bool) -> AskedAccess {
        let api = AskedApi { uri: "https://graph.microsoft.com".to_owned(), names: vec![name.to_owned()] };
        AskedAccess { apis: vec![api], is_challenged }
    }

    #[test]
    fn a_person_is_sent_once_for_consent_and_twice_for_proof_within_ten_minutes() {
        for (is_challenged, times) in [(false, 1), (true, 2)] {
            let access = asked("Mail.Read", is_challenged);
            let mut visits = Visits::default();
            for _ in 0..times {
                assert!(visits.allow(&access, NOW));
                visits.note(&access, NOW);
            }
            assert!(!visits.allow(&access, NOW));
            assert!(!visits.allow(&access, UnixTime(NOW.0 + 599)));
            assert!(visits.allow(&access, UnixTime(NOW.0 + 600)));
            assert!(visits.allow(&asked("User.Read", is_challenged), NOW), "that is another question");
            assert!(visits.allow(&asked("Mail.Read", !is_challenged), NOW), "and so is this");
        }
    }

    #[test]
    fn a_visit_for_more_was_one_for_less_and_not_the_other_way_round() {
        let api = |names: &[&str]| AskedApi {
            uri: "api://a".to_owned(),
            names: names.iter().map(ToString::to_string).collect(),
        };
        let of = |names| AskedAccess { apis: vec![api(names)], is_challenged: false };
        let mut visits = Visits::default();
        visits.note(&of(&["Mail.Read", "User.Read"]), NOW);
        assert!(!visits.allow(&of(&["Mail.Read"]), NOW));
        assert!(visits.allow(&of(&["Files.Read"]), NOW) && visits.allow(&of(&["Files.Read", "Mail.Read"]), NOW));
        let mut visits = Visits::default();
        visits.note(&of(&["Mail.Read"]), NOW);
        assert!(visits.allow(&of(&["Mail.Read", "User.Read"]), NOW));
    }

    #[test]
    fn visits_are_few_and_come_back_from_their_text() {
        let mut visits = Visits::default();
        for number in 0..100 {
            visits.note(&asked(&number.to_string(), false), NOW);
        }
        assert_eq!(visits.0.len(), LIMIT);
        let text = serde_json::to_string(&visits).unwrap();
        assert_eq!(serde_json::from_str::<Visits>(&text).unwrap(), visits);
    }
}
