//! The groups of a person, as far as anyone asks.

use serde::{Deserialize, Serialize};

use super::guid::Guid;

/// Which of the groups in question a person belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Groups {
    Known(Vec<Guid>),
    /// The token named none because there are too many (overage), or the record was made for other questions.
    Unknown,
}

/// The ids that declarations name; everything else about groups is nobody's business here.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct GroupsInQuestion {
    /// Sorted, each once.
    ids: Vec<Guid>,
}

/// Groups in a session record.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct GroupsRecord {
    /// For which questions it was made.
    #[serde(rename = "q")]
    question: u32,
    /// None: unknown.
    #[serde(rename = "i", default, skip_serializing_if = "Option::is_none")]
    ids: Option<Vec<Guid>>,
}

impl GroupsInQuestion {
    pub(crate) fn new(ids: impl IntoIterator<Item = Guid>) -> Self {
        let mut ids: Vec<Guid> = ids.into_iter().collect();
        ids.sort_unstable();
        ids.dedup();
        Self { ids }
    }

    /// What is to be known of a person's groups.
    pub(crate) fn answered_by(&self, groups: Groups) -> Groups {
        match groups {
            _ if self.ids.is_empty() => Groups::Known(Vec::new()),
            Groups::Known(all) => Groups::Known(self.ids.iter().copied().filter(|id| all.contains(id)).collect()),
            Groups::Unknown => Groups::Unknown,
        }
    }

    /// For a session record. Nothing is in question: nothing is recorded.
    pub(crate) fn record(&self, groups: &Groups) -> Option<GroupsRecord> {
        let ids = match groups {
            Groups::Known(ids) => Some(ids.clone()),
            Groups::Unknown => None,
        };
        (!self.ids.is_empty()).then(|| GroupsRecord { question: self.fingerprint(), ids })
    }

    /// What a record says about these questions.
    pub(crate) fn recalled(&self, record: Option<&GroupsRecord>) -> Groups {
        match record {
            _ if self.ids.is_empty() => Groups::Known(Vec::new()),
            Some(GroupsRecord { question, ids: Some(ids) }) if *question == self.fingerprint() => {
                Groups::Known(ids.clone())
            }
            _ => Groups::Unknown,
        }
    }

    /// Whether a record was made for these questions, so that signing in again would tell nothing new.
    pub(crate) fn is_answered_in(&self, record: Option<&GroupsRecord>) -> bool {
        self.ids.is_empty() || record.is_some_and(|record| record.question == self.fingerprint())
    }

    /// Tells lists apart (FNV-1a, 32 bits); nobody gains by forging it, the record is sealed.
    fn fingerprint(&self) -> u32 {
        let bytes = self.ids.iter().flat_map(|id| id.to_bytes());
        bytes.fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(number: u128) -> Guid {
        Guid::from_u128(number)
    }

    #[test]
    fn only_groups_in_question_are_kept_and_come_back() {
        let question = GroupsInQuestion::new([id(2), id(1), id(2)]);
        let known = question.answered_by(Groups::Known(vec![id(7), id(2)]));
        assert_eq!(known, Groups::Known(vec![id(2)]));
        let record = question.record(&known);
        assert_eq!(question.recalled(record.as_ref()), known);
        assert!(question.is_answered_in(record.as_ref()));
    }

    #[test]
    fn a_record_for_other_questions_knows_nothing() {
        let record = GroupsInQuestion::new([id(1)]).record(&Groups::Known(vec![id(1)]));
        let other = GroupsInQuestion::new([id(1), id(2)]);
        assert_eq!(other.recalled(record.as_ref()), Groups::Unknown);
        assert!(!other.is_answered_in(record.as_ref()));
        assert_eq!(other.recalled(None), Groups::Unknown);
    }

    #[test]
    fn overage_stays_unknown_and_is_an_answer() {
        let question = GroupsInQuestion::new([id(1)]);
        let record = question.record(&question.answered_by(Groups::Unknown));
        assert_eq!(question.recalled(record.as_ref()), Groups::Unknown);
        assert!(question.is_answered_in(record.as_ref()));
    }

    #[test]
    fn without_questions_nothing_is_recorded_and_nothing_unknown() {
        let question = GroupsInQuestion::default();
        assert_eq!(question.answered_by(Groups::Unknown), Groups::Known(Vec::new()));
        assert_eq!(question.record(&Groups::Known(vec![id(1)])), None);
        assert_eq!(question.recalled(None), Groups::Known(Vec::new()));
    }
}
