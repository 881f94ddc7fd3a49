//! The groups of a person, as far as anyone asks.

use std::sync::Arc;

use azure_auth_policy::Guid;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// What is known of the groups of a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Groups {
    /// The groups that were asked about; every other one is unknown. None: a token, which speaks of all of them.
    question: Option<RelevantGroups>,
    /// Those the person belongs to.
    answer: Result<Vec<Guid>, UnknownGroups>,
}

/// Why it is not known whether a person belongs to a group. It is neither a yes nor a no.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Error)]
pub(crate) enum UnknownGroups {
    /// Usual cause: the handler is in a `poem::Route`, so that `AzureAuth` cannot see what it declares.
    #[error("this application does not ask for the group at sign-in")]
    NotAsked,
    /// Usual cause: a declaration that names a group is newer than the session.
    #[error("the person signed in when the application asked for other groups")]
    OtherQuestion,
    /// The three cases look alike: not configured, no groups, or none of those that the application is assigned.
    #[error(
        "the token has no `groups` claim: the person is in no group, or the registration does not put groups into tokens"
    )]
    ClaimAbsent,
    #[error("the person is in more groups than a token holds (overage)")]
    Overage,
    /// Usual cause: nobody agreed to `User.Read` of Microsoft Graph, or it could not be reached at the sign-in.
    #[error("the person is in more groups than a token holds (overage), and Microsoft Graph did not say which")]
    NotLookedUp,
    /// Some registrations send names in the place of ids, and old tokens a reference.
    #[error("the token names groups by something else than their ids")]
    NotIds,
}

/// The ids that declarations name; everything else about groups is nobody's business here.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct RelevantGroups {
    /// Sorted, each once.
    ids: Arc<[Guid]>,
}

/// Groups in a session record: the fingerprint of the question it was made for, and the answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct GroupsRecord(u32, GroupsAnswer);

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
enum GroupsAnswer {
    #[serde(rename = "i")]
    MemberOf(Vec<Guid>),
    #[serde(rename = "a")]
    ClaimAbsent,
    #[serde(rename = "o")]
    Overage,
    #[serde(rename = "l")]
    NotLookedUp,
    #[serde(rename = "n")]
    NotIds,
}

impl UnknownGroups {
    pub(crate) fn remedy(self) -> &'static str {
        match self {
            Self::NotAsked => {
                "make the handler a row of the table inside `AzureAuth`, or name the group in `AzureAuthBuilder::groups`"
            }
            Self::OtherQuestion => "sign in again",
            Self::ClaimAbsent => {
                "set `groupMembershipClaims` in the app registration (\"Token configuration\", \"Add groups claim\")"
            }
            Self::Overage => {
                "let Microsoft Graph be asked with `AZURE_GROUP_OVERAGE=graph`, use app roles, or let tokens hold only \
                 \"Groups assigned to the application\" (\"Token configuration\")"
            }
            Self::NotLookedUp => "sign in again; the log says at the sign-in why Microsoft Graph was of no help",
            Self::NotIds => "set the registration's group claim to \"Group ID\" (\"Token configuration\")",
        }
    }
}

impl Groups {
    /// As a token tells them.
    pub(crate) fn of_token(answer: Result<Vec<Guid>, UnknownGroups>) -> Self {
        Self { question: None, answer }
    }

    /// Whether the token named none because there are too many for it.
    pub(crate) fn are_too_many(&self) -> bool {
        self.answer == Err(UnknownGroups::Overage)
    }

    /// Whether the person belongs to a group.
    pub(crate) fn contain(&self, group: Guid) -> Result<bool, UnknownGroups> {
        if self.question.as_ref().is_some_and(|question| !question.asks_for(group)) {
            return Err(UnknownGroups::NotAsked);
        }
        self.answer.as_ref().map(|groups| groups.contains(&group)).map_err(|reason| *reason)
    }
}

impl RelevantGroups {
    pub(crate) fn new(ids: impl IntoIterator<Item = Guid>) -> Self {
        let mut ids: Vec<Guid> = ids.into_iter().collect();
        ids.sort_unstable();
        ids.dedup();
        Self { ids: ids.into() }
    }

    /// For a session record: what is known of these groups. Nothing is in question: nothing is recorded.
    pub(crate) fn record(&self, found: &Groups) -> Option<GroupsRecord> {
        let answer = match &found.answer {
            Ok(all) => GroupsAnswer::MemberOf(self.ids.iter().copied().filter(|id| all.contains(id)).collect()),
            Err(UnknownGroups::Overage) => GroupsAnswer::Overage,
            Err(UnknownGroups::NotIds) => GroupsAnswer::NotIds,
            Err(UnknownGroups::NotLookedUp) => GroupsAnswer::NotLookedUp,
            Err(_) => GroupsAnswer::ClaimAbsent,
        };
        (!self.ids.is_empty()).then(|| GroupsRecord(self.fingerprint(), answer))
    }

    /// What a record says about these groups.
    pub(crate) fn recall(&self, record: Option<&GroupsRecord>) -> Groups {
        let answer = match record {
            Some(GroupsRecord(question, answer)) if *question == self.fingerprint() => match answer {
                GroupsAnswer::MemberOf(ids) => Ok(ids.clone()),
                GroupsAnswer::ClaimAbsent => Err(UnknownGroups::ClaimAbsent),
                GroupsAnswer::Overage => Err(UnknownGroups::Overage),
                GroupsAnswer::NotIds => Err(UnknownGroups::NotIds),
                GroupsAnswer::NotLookedUp => Err(UnknownGroups::NotLookedUp),
            },
            _ => Err(UnknownGroups::OtherQuestion),
        };
        Groups { question: Some(self.clone()), answer }
    }

    /// What is known of these groups once somebody has been asked for each of them: `members` are those of the person.
    pub(crate) fn answered(&self, members: Vec<Guid>) -> Groups {
        Groups { question: Some(self.clone()), answer: Ok(members) }
    }

    /// The groups in question.
    pub(crate) fn ids(&self) -> &[Guid] {
        &self.ids
    }

    fn asks_for(&self, group: Guid) -> bool {
        self.ids.binary_search(&group).is_ok()
    }

    /// Tells lists apart (FNV-1a, 32 bits); nobody gains by forging it, the record is sealed.
    pub(crate) fn fingerprint(&self) -> u32 {
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

    /// What is known of some groups after a sign-in with this token and a look at the record it left.
    fn remembered(question: &RelevantGroups, found: &Groups) -> Groups {
        question.recall(question.record(found).as_ref())
    }

    #[test]
    fn only_groups_in_question_are_kept_and_every_other_one_is_unknown() {
        let question = RelevantGroups::new([id(2), id(1), id(2)]);
        let known = remembered(&question, &Groups::of_token(Ok(vec![id(7), id(2)])));
        for (group, expected) in [(1, Ok(false)), (2, Ok(true)), (7, Err(UnknownGroups::NotAsked))] {
            assert_eq!(known.contain(id(group)), expected, "group {group}");
        }
    }

    #[test]
    fn a_record_for_other_questions_knows_nothing() {
        let record = RelevantGroups::new([id(1)]).record(&Groups::of_token(Ok(vec![id(1)])));
        let other = RelevantGroups::new([id(1), id(2)]);
        for record in [record.as_ref(), None] {
            let known = other.recall(record);
            assert_eq!(known.contain(id(1)), Err(UnknownGroups::OtherQuestion));
            assert_eq!(known.contain(id(3)), Err(UnknownGroups::NotAsked), "signing in again would tell nothing");
        }
    }

    #[test]
    fn what_a_token_does_not_say_stays_unknown_and_keeps_its_reason() {
        let question = RelevantGroups::new([id(1)]);
        for reason in
            [UnknownGroups::ClaimAbsent, UnknownGroups::Overage, UnknownGroups::NotLookedUp, UnknownGroups::NotIds]
        {
            assert_eq!(remembered(&question, &Groups::of_token(Err(reason))).contain(id(1)), Err(reason));
        }
    }

    #[test]
    fn where_nobody_asks_nothing_is_recorded_and_nothing_is_known() {
        let question = RelevantGroups::default();
        assert_eq!(question.record(&Groups::of_token(Ok(vec![id(1)]))), None);
        assert_eq!(question.recall(None).contain(id(1)), Err(UnknownGroups::NotAsked));
    }

    #[test]
    fn groups_that_were_looked_up_are_known_and_no_others() {
        let question = RelevantGroups::new([id(1), id(2)]);
        let looked_up = question.answered(vec![id(2)]);
        for known in [&looked_up, &remembered(&question, &looked_up)] {
            for (group, expected) in [(1, Ok(false)), (2, Ok(true)), (3, Err(UnknownGroups::NotAsked))] {
                assert_eq!(known.contain(id(group)), expected, "group {group}");
            }
        }
        assert!(Groups::of_token(Err(UnknownGroups::Overage)).are_too_many());
        assert!(!Groups::of_token(Err(UnknownGroups::NotLookedUp)).are_too_many() && !looked_up.are_too_many());
    }

    #[test]
    fn a_token_lists_all_of_them() {
        let listed = Groups::of_token(Ok(vec![id(1)]));
        assert_eq!((listed.contain(id(1)), listed.contain(id(2))), (Ok(true), Ok(false)));
    }
}
