//! One thing in which a registration is not what a program needs.

/// What differs, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Drift {
    pub(crate) kind: DriftKind,
    pub(crate) weight: Weight,
    /// The member of the application object, as a JSON pointer (RFC 6901) in which items have their value, id or name in place
    /// of a number.
    pub(crate) place: String,
    pub(crate) found: String,
    pub(crate) expected: String,
    pub(crate) remedy: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DriftKind {
    Missing,
    /// Nobody needs it.
    Superfluous,
    Different,
    Expired,
    ExpiresSoon,
}

/// How much it matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Weight {
    /// Everything works as it is.
    Notice,
    Finding,
}

impl DriftKind {
    /// Stable, lower case with dashes.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Superfluous => "superfluous",
            Self::Different => "different",
            Self::Expired => "expired",
            Self::ExpiresSoon => "expires-soon",
        }
    }
}

impl Drift {
    pub(super) fn missing(place: &str, expected: &str, remedy: impl Into<String>) -> Self {
        Self::new(DriftKind::Missing, place, ("nothing", expected), remedy)
    }

    pub(super) fn superfluous(place: &str, found: &str, remedy: impl Into<String>) -> Self {
        Self::new(DriftKind::Superfluous, place, (found, "nothing"), remedy)
    }

    pub(super) fn different(place: &str, (found, expected): (&str, &str), remedy: impl Into<String>) -> Self {
        Self::new(DriftKind::Different, place, (found, expected), remedy)
    }

    pub(super) fn new(kind: DriftKind, place: &str, texts: (&str, &str), remedy: impl Into<String>) -> Self {
        let (found, expected) = (shown(texts.0), shown(texts.1));
        Self { kind, weight: Weight::Finding, place: shown(place), found, expected, remedy: remedy.into() }
    }

    /// The same, where everything works as it is.
    pub(super) fn notice(self) -> Self {
        Self { weight: Weight::Notice, ..self }
    }

    /// The same, if something is so.
    pub(super) fn notice_if(self, is_notice: bool) -> Self {
        if is_notice { self.notice() } else { self }
    }
}

/// A place below another one (RFC 6901 §3).
pub(super) fn below(place: &str, name: &str) -> String {
    format!("{place}/{}", name.replace('~', "~0").replace('/', "~1"))
}

/// As much of a text from outside as a terminal may have.
fn shown(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_control()).take(300).collect()
}
