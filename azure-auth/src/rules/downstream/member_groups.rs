//! Is a person a member of these groups? What Microsoft Graph is asked (`checkMemberGroups`), and what its answer says.

use azure_auth_policy::Guid;
use serde_json::{Value, json};
use thiserror::Error;

use crate::model::json::{self, JsonProblem, Member, MemberHandling, MemberReader};

/// Below the address of Microsoft Graph: the groups of whoever the token is for, those of groups among them.
pub(crate) const PATH: &str = "/v1.0/me/checkMemberGroups";

/// Graph takes no more in one question.
const MOST_AT_ONCE: usize = 20;

/// Why an answer says nothing: then nothing is known of any group.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(crate) enum MemberGroupsProblem {
    #[error("it cannot be read: {0}")]
    Unreadable(JsonProblem),
    #[error("it has no `value`")]
    ValueMissing,
    #[error("its `value` has something else than ids of groups")]
    NotIds,
    /// What is missing may be the group that decides.
    #[error("it goes on elsewhere (`@odata.nextLink`)")]
    Incomplete,
}

/// The groups in question, as many as one question takes.
pub(crate) fn questions(groups: &[Guid]) -> impl Iterator<Item = &[Guid]> {
    groups.chunks(MOST_AT_ONCE)
}

/// The body of a question.
pub(crate) fn body(groups: &[Guid]) -> Vec<u8> {
    let ids: Vec<String> = groups.iter().map(ToString::to_string).collect();
    json!({ "groupIds": ids }).to_string().into_bytes()
}

/// Those of the groups in question that the person belongs to.
pub(crate) fn read(answer: &[u8], asked: &[Guid]) -> Result<Vec<Guid>, MemberGroupsProblem> {
    let mut reader = Reader::default();
    json::read(answer, &mut reader).map_err(MemberGroupsProblem::Unreadable)?;
    if reader.goes_on {
        return Err(MemberGroupsProblem::Incomplete);
    }
    let ids = reader.value.ok_or(MemberGroupsProblem::ValueMissing)?;
    let ids: Result<Vec<Guid>, _> = ids.iter().map(|id| id.parse()).collect();
    let found = ids.map_err(|_| MemberGroupsProblem::NotIds)?;
    Ok(asked.iter().copied().filter(|group| found.contains(group)).collect())
}

#[derive(Default)]
struct Reader {
    value: Option<Vec<String>>,
    goes_on: bool,
}

impl<'de> MemberReader<'de> for Reader {
    fn handling(&self, name: &str) -> MemberHandling {
        if matches!(name, "value" | "@odata.nextLink") { MemberHandling::Read } else { MemberHandling::None }
    }

    fn take(&mut self, name: &str, member: Member<'de>) -> Result<(), JsonProblem> {
        match (name, member) {
            ("value", Member::Texts(ids)) => self.value = Some(ids),
            // A text alone is no list of one here.
            ("value", member) => return Err(member.unexpected("value", "a list of ids")),
            (_, member) => self.goes_on = !member.is_null(),
        }
        Ok(())
    }

    fn keep(&mut self, _: &str, _: Value) {}
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn id(number: u128) -> Guid {
        Guid::from_u128(number)
    }

    #[test]
    fn no_question_is_for_more_than_twenty_groups_and_each_is_asked_for_once() {
        for (count, expected) in [(0, vec![]), (1, vec![1]), (20, vec![20]), (21, vec![20, 1]), (100, vec![20; 5])] {
            let groups: Vec<Guid> = (0..count).map(id).collect();
            let asked: Vec<&[Guid]> = questions(&groups).collect();
            assert_eq!(asked.iter().map(|question| question.len()).collect::<Vec<_>>(), expected, "{count}");
            assert_eq!(asked.concat(), groups);
        }
        let expected =
            r#"{"groupIds":["00000000-0000-0000-0000-000000000001","00000000-0000-0000-0000-000000000002"]}"#;
        assert_eq!(body(&[id(1), id(2)]), expected.as_bytes());
    }

    #[test]
    fn membership_is_what_the_answer_lists_of_what_was_asked_for() {
        let (one, two) = (id(1).to_string(), id(0xabc).to_string());
        for (answer, expected) in [
            (r#"{"value":[]}"#.to_owned(), vec![]),
            (
                format!(
                    r#"{{"@odata.context":"https://graph.microsoft.com/v1.0/$metadata#Collection(Edm.String)","value":["{one}"]}}"#
                ),
                vec![id(1)],
            ),
            (format!(r#"{{"value":["{}","{one}","{one}"]}}"#, two.to_uppercase()), vec![id(1), id(0xabc)]),
            // Nobody asked for it.
            (format!(r#"{{"value":["{}","{two}"]}}"#, id(7)), vec![id(0xabc)]),
            (format!(r#"{{"value":["{one}"],"@odata.nextLink":null,"x":{{"value":["{two}"]}}}}"#), vec![id(1)]),
        ] {
            assert_eq!(read(answer.as_bytes(), &[id(1), id(0xabc)]), Ok(expected), "{answer}");
        }
    }

    #[test]
    fn every_other_answer_says_nothing() {
        use MemberGroupsProblem::{Incomplete, NotIds, Unreadable, ValueMissing};
        let one = id(1).to_string();
        let wrong = |found| Unreadable(JsonProblem::WrongType { name: "value", found, expected: "a list of ids" });
        for (answer, expected) in [
            (String::new(), Unreadable(JsonProblem::NotAnObject)),
            ("<html>".to_owned(), Unreadable(JsonProblem::NotAnObject)),
            (format!(r#"["{one}"]"#), Unreadable(JsonProblem::NotAnObject)),
            ("{}".to_owned(), ValueMissing),
            (r#"{"error":{"code":"InvalidAuthenticationToken"}}"#.to_owned(), ValueMissing),
            (r#"{"value":null}"#.to_owned(), wrong("null")),
            (r#"{"value":{}}"#.to_owned(), wrong("an object")),
            (format!(r#"{{"value":"{one}"}}"#), wrong("a text")),
            (format!(r#"{{"value":["{one}",7]}}"#), wrong("a list that holds more than texts")),
            (format!(r#"{{"value":["{one}",null]}}"#), wrong("a list that holds more than texts")),
            (format!(r#"{{"value":[["{one}"]]}}"#), wrong("a list that holds more than texts")),
            (format!(r#"{{"value":["{one}",""]}}"#), NotIds),
            (format!(r#"{{"value":["{one}x"]}}"#), NotIds),
            (r#"{"value":["Staff"]}"#.to_owned(), NotIds),
            (
                format!(r#"{{"value":[],"value":["{one}"]}}"#),
                Unreadable(JsonProblem::Duplicate { name: "value".to_owned() }),
            ),
            (format!(r#"{{"value":["{one}"],"@odata.nextLink":"https://graph.microsoft.com/v1.0/x"}}"#), Incomplete),
        ] {
            assert_eq!(read(answer.as_bytes(), &[id(1)]), Err(expected), "{answer}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 1024, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn nobody_is_a_member_of_what_was_not_asked_for(asked in 0_u128..8, listed in proptest::collection::vec(0_u128..16, 0..8)) {
            let asked: Vec<Guid> = (0..asked).map(id).collect();
            let answer = body(&listed.iter().copied().map(id).collect::<Vec<_>>());
            let answer = String::from_utf8(answer).unwrap().replace("groupIds", "value");
            let found = read(answer.as_bytes(), &asked).unwrap();
            for group in &asked {
                let is_listed = listed.iter().any(|number| id(*number) == *group);
                prop_assert_eq!(found.contains(group), is_listed);
            }
            prop_assert!(found.iter().all(|group| asked.contains(group)));
        }
    }
}
