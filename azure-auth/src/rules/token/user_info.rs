//! Is this answer of the userinfo endpoint about the person whom the ID token proves?

use serde_json::Value;
use thiserror::Error;

use crate::model::json::{self, JsonProblem, Member, MemberHandling, MemberReader};

/// What people are called there. Nothing is decided by it, and nothing else is read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Names {
    pub(crate) name: Option<String>,
    pub(crate) preferred_username: Option<String>,
    pub(crate) email: Option<String>,
}

/// Why an answer is not used.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(crate) enum UserInfoProblem {
    #[error("it cannot be read: {0}")]
    Unreadable(JsonProblem),
    #[error("it names no person (`sub`)")]
    SubjectMissing,
    /// Usual cause: a provider that mixes up its tokens. Names of somebody else are worse than none.
    #[error("it is about another person than the ID token (`sub`)")]
    OtherSubject,
}

/// The names of the person, if they are those of `subject` (OpenID Connect Core 1.0 §5.3.2).
pub(crate) fn judge(answer: &[u8], subject: &str) -> Result<Names, UserInfoProblem> {
    let mut reader = Reader::default();
    json::read(answer, &mut reader).map_err(UserInfoProblem::Unreadable)?;
    match reader.sub {
        None => Err(UserInfoProblem::SubjectMissing),
        Some(found) if found != subject => Err(UserInfoProblem::OtherSubject),
        Some(_) => Ok(reader.names),
    }
}

#[derive(Default)]
struct Reader {
    sub: Option<String>,
    names: Names,
}

impl<'de> MemberReader<'de> for Reader {
    fn handling(&self, name: &str) -> MemberHandling {
        if matches!(name, "sub" | "name" | "preferred_username" | "email") {
            MemberHandling::Read
        } else {
            MemberHandling::None
        }
    }

    fn take(&mut self, name: &str, member: Member<'de>) -> Result<(), JsonProblem> {
        if name == "sub" {
            self.sub = Some(member.text("sub")?.into_owned());
            return Ok(());
        }
        // A name of another type counts as no name.
        let text = match member {
            Member::Text(text) if !text.trim().is_empty() => Some(text.into_owned()),
            _ => None,
        };
        match name {
            "name" => self.names.name = text,
            "preferred_username" => self.names.preferred_username = text,
            _ => self.names.email = text,
        }
        Ok(())
    }

    fn keep(&mut self, _: &str, _: Value) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_the_person_of_the_id_token_or_none() {
        let named = |name: Option<&str>| Ok(Names { name: name.map(ToOwned::to_owned), ..Names::default() });
        let unreadable =
            |found| Err(UserInfoProblem::Unreadable(JsonProblem::WrongType { name: "sub", found, expected: "a text" }));
        for (answer, expected) in [
            (r#"{"sub":"s","name":"Adele","roles":["Admin"],"groups":{}}"#, named(Some("Adele"))),
            (r#"{"sub":"s","name":{"given":"Adele"},"email":null}"#, named(None)),
            (r#"{"sub":"s","name":" "}"#, named(None)),
            (r#"{"sub":"t","name":"Adele"}"#, Err(UserInfoProblem::OtherSubject)),
            (r#"{"sub":"S","name":"Adele"}"#, Err(UserInfoProblem::OtherSubject)),
            (r#"{"sub":"","name":"Adele"}"#, Err(UserInfoProblem::OtherSubject)),
            (r#"{"name":"Adele"}"#, Err(UserInfoProblem::SubjectMissing)),
            (r#"{"sub":null,"name":"Adele"}"#, unreadable("null")),
            (r#"{"sub":["s"],"name":"Adele"}"#, unreadable("a list")),
            (
                r#"{"sub":"t","sub":"s","name":"Adele"}"#,
                Err(UserInfoProblem::Unreadable(JsonProblem::Duplicate { name: "sub".to_owned() })),
            ),
            ("<html>", Err(UserInfoProblem::Unreadable(JsonProblem::NotAnObject))),
        ] {
            assert_eq!(judge(answer.as_bytes(), "s"), expected, "{answer}");
        }
    }
}
