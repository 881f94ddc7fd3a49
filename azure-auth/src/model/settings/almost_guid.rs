//! Ids with a slip: a digit too few, braces around them.

use azure_auth_policy::Guid;

/// What keeps a text from being an id that was meant as one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct GuidFlaw {
    /// In a sentence about the text: "has 35 characters, …".
    pub(crate) cause: String,
    /// The id, where there is no doubt about it.
    pub(crate) meant: Option<Guid>,
}

const FORM: &str = "8-4-4-4-12 hexadecimal digits";

impl GuidFlaw {
    /// None for an id, and for a text that has little of one.
    pub(crate) fn of(text: &str) -> Option<Self> {
        if text.parse::<Guid>().is_ok() {
            return None;
        }
        let inner = text.trim_matches(|letter: char| !letter.is_ascii_alphanumeric());
        if let Ok(id) = inner.parse() {
            return Some(Self { cause: "has other characters around the id".to_owned(), meant: Some(id) });
        }
        let is_digit = |letter: &char| letter.is_ascii_hexdigit();
        if inner.len() == 32 && inner.chars().all(|letter| is_digit(&letter)) {
            let parts = [&inner[..8], &inner[8..12], &inner[12..16], &inner[16..20], &inner[20..]];
            return Some(Self { cause: "has no hyphens".to_owned(), meant: parts.join("-").parse().ok() });
        }
        let (length, digits) = (text.chars().count(), text.chars().filter(is_digit).count());
        let hyphens = text.chars().filter(|letter| *letter == '-').count();
        if !(28..=44).contains(&length) || !(3..=5).contains(&hyphens) || digits + hyphens + 4 < length {
            return None;
        }
        let groups = || text.split('-').map(|group| group.chars().count().to_string()).collect::<Vec<_>>().join("-");
        let other = text.chars().position(|letter| !is_digit(&letter) && letter != '-');
        let cause = match other.and_then(|position| Some((position, text.chars().nth(position)?))) {
            _ if length != 36 => format!("has {length} characters, and an id has 36: {FORM}"),
            Some((position, letter)) => {
                format!("has {letter:?} at position {}, and an id has {FORM}", position + 1)
            }
            None => format!("has groups of {} digits, and an id has {FORM}", groups()),
        };
        Some(Self { cause, meant: None })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_named_and_what_is_no_id_is_none() {
        for (text, words, meant) in [
            ("33333333-cccc-4ddd-8eee-44444444444", Some("has 35 characters, and an id has 36"), false),
            ("33333333-cccc-4ddd-8eee-4444444444444", Some("has 37 characters"), false),
            ("33333333cccc-4ddd-8eee-444444444444", Some("has 35 characters"), false),
            ("33333333-cccc-4ddd-8eee-44444444444g", Some("has 'g' at position 36"), false),
            ("33333333-cccc-4ddd-8eee4-44444444444", Some("has groups of 8-4-4-5-11 digits"), false),
            ("33333333cccc4ddd8eee444444444444", Some("has no hyphens"), true),
            ("{33333333-cccc-4ddd-8eee-444444444444}", Some("around the id"), true),
            ("33333333-cccc-4ddd-8eee-444444444444", None, false),
            ("contoso.onmicrosoft.com", None, false),
            ("my-application-with-many-hyphens-xy", None, false),
            ("", None, false),
            ("\u{e9}\u{e9}\u{e9}33333-cccc-4ddd-8eee-444444444444", Some("has '\u{e9}' at position 1"), false),
        ] {
            let flaw = GuidFlaw::of(text);
            assert_eq!(flaw.is_some(), words.is_some(), "{text}: {flaw:?}");
            let Some(flaw) = flaw else { continue };
            assert!(flaw.cause.contains(words.unwrap_or_default()), "{flaw:?}");
            assert_eq!(flaw.meant.is_some(), meant, "{flaw:?}");
        }
    }
}
