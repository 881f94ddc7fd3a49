//! What Entra accepts as the value of an app role or a scope. Both share one set of rules, and one namespace.

/// Entra's limit, in characters, which are bytes here.
pub const LONGEST: usize = 120;

/// Why a value cannot be one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValueProblem {
    /// It has no letter at all.
    Empty,
    /// Reserved for `.default` and its like.
    LeadingDot,
    /// It has more than [`LONGEST`] characters.
    TooLong {
        /// How many it has.
        found: usize,
    },
    /// Not printable ASCII, or a quote or a backslash.
    Character {
        /// The first such character.
        found: char,
    },
}

/// The first thing that is wrong with a value, and its bytes.
///
/// ```
/// use azure_auth_policy::permission_value::{ValueProblem, problem};
///
/// assert_eq!(problem("Tasks.Read"), None);
/// assert_eq!(problem("Tasks Read"), Some((ValueProblem::Character { found: ' ' }, 5..6)));
/// ```
#[must_use]
pub fn problem(value: &str) -> Option<(ValueProblem, std::ops::Range<usize>)> {
    if value.is_empty() {
        return Some((ValueProblem::Empty, 0..0));
    }
    if let Some((place, found)) = value.char_indices().find(|(_, letter)| !is_letter(*letter)) {
        return Some((ValueProblem::Character { found }, place..place + found.len_utf8()));
    }
    if value.starts_with('.') {
        return Some((ValueProblem::LeadingDot, 0..1));
    }
    (value.len() > LONGEST).then_some((ValueProblem::TooLong { found: value.len() }, LONGEST..value.len()))
}

/// Printable ASCII without the quote and the backslash.
fn is_letter(letter: char) -> bool {
    letter.is_ascii_graphic() && letter != '"' && letter != '\\'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_entra_accepts_has_no_problem() {
        for value in ["Admin", "Tasks.Read.All", "a", "Files:Read,Write/own", &"x".repeat(LONGEST)] {
            assert_eq!(problem(value), None, "{value}");
        }
    }

    #[test]
    fn what_entra_refuses_is_found_at_its_place() {
        for (value, kind, bytes) in [
            ("", ValueProblem::Empty, 0..0),
            ("a b", ValueProblem::Character { found: ' ' }, 1..2),
            ("a\"", ValueProblem::Character { found: '"' }, 1..2),
            ("a\\", ValueProblem::Character { found: '\\' }, 1..2),
            ("aé", ValueProblem::Character { found: 'é' }, 1..3),
            (".a", ValueProblem::LeadingDot, 0..1),
            (&"x".repeat(LONGEST + 1), ValueProblem::TooLong { found: 121 }, 120..121),
        ] {
            assert_eq!(problem(value), Some((kind, bytes)), "{value}");
        }
    }
}
