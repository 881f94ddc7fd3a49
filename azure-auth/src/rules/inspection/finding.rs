//! Something that is wrong, could be, or is not known.

use std::fmt;

use serde_json::{Value, json};

use crate::model::refusals::explain::explain;

/// One thing that an inspection found. None of its texts holds a secret, a name or an address of a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Finding {
    /// Stable, lower case with dashes.
    pub(crate) name: &'static str,
    pub(crate) severity: Severity,
    /// Where it is, in a document that has several places.
    pub(crate) place: Option<String>,
    /// What brings this about most often.
    pub(crate) cause: String,
    pub(crate) found: String,
    pub(crate) expected: String,
    pub(crate) remedy: String,
}

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Severity {
    /// It works, and not as well as it could.
    Notice,
    /// It could not be found out, which is neither good nor bad.
    Unknown,
    /// Something does not work.
    Problem,
}

impl Finding {
    pub(crate) fn problem(name: &'static str) -> Self {
        Self::new(name, Severity::Problem)
    }

    pub(crate) fn notice(name: &'static str) -> Self {
        Self::new(name, Severity::Notice)
    }

    pub(crate) fn unknown(name: &'static str) -> Self {
        Self::new(name, Severity::Unknown)
    }

    fn new(name: &'static str, severity: Severity) -> Self {
        let nothing = String::new;
        Self { name, severity, place: None, cause: nothing(), found: nothing(), expected: nothing(), remedy: nothing() }
    }

    pub(crate) fn at(self, place: impl Into<String>) -> Self {
        Self { place: Some(place.into()), ..self }
    }

    pub(crate) fn cause(self, cause: impl Into<String>) -> Self {
        Self { cause: cause.into(), ..self }
    }

    pub(crate) fn found(self, found: impl Into<String>) -> Self {
        Self { found: found.into(), ..self }
    }

    pub(crate) fn expected(self, expected: impl Into<String>) -> Self {
        Self { expected: expected.into(), ..self }
    }

    pub(crate) fn remedy(self, remedy: impl Into<String>) -> Self {
        Self { remedy: remedy.into(), ..self }
    }

    /// Cause and remedy as they are known for a code of Microsoft's, where they are. A text with a place to fill in is for
    /// somebody who can.
    pub(crate) fn explained_by(self, code: Option<u32>) -> Self {
        let known = code.and_then(|code| explain(&format!("AADSTS{code}")));
        match known.filter(|known| !known.cause.contains('<') && !known.remedy.contains('<')) {
            Some(known) => self.cause(known.cause).remedy(known.remedy),
            None => self,
        }
    }

    /// Its parts with their titles.
    pub(crate) fn parts(&self) -> Vec<(&'static str, &str)> {
        let place = self.place.as_deref().map(|place| ("place", place));
        let always: [(&'static str, &str); 4] =
            [("cause", &self.cause), ("found", &self.found), ("expected", &self.expected), ("remedy", &self.remedy)];
        place.into_iter().chain(always).collect()
    }

    pub(crate) fn to_json(&self, check: &str) -> Value {
        let Self { name, severity, place, cause, found, expected, remedy } = self;
        let mut json = json!({
            "check": check, "name": name, "severity": severity.word(),
            "cause": cause, "found": found, "expected": expected, "remedy": remedy,
        });
        if let Some(place) = place {
            json["place"] = json!(place);
        }
        json
    }
}

impl Severity {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Notice => "notice",
            Self::Unknown => "unknown",
            Self::Problem => "problem",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.word())
    }
}
