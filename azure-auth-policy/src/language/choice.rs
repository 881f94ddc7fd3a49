//! Some of a list, or all of it.

use std::fmt;

/// Some of a list, or all of it.
///
/// ```
/// use azure_auth_policy::Choice;
///
/// assert_eq!(Choice::Any(&["Admin", "Writer"]).to_string(), "any of Admin, Writer");
/// assert_eq!(Choice::All(&["Admin"]).to_string(), "Admin");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice<'r, T> {
    /// At least one of them.
    Any(&'r [T]),
    /// Each of them.
    All(&'r [T]),
}

impl<'r, T> Choice<'r, T> {
    /// What it chooses from.
    #[must_use]
    pub const fn values(&self) -> &'r [T] {
        match self {
            Self::Any(values) | Self::All(values) => values,
        }
    }

    /// Whether it holds where `is_there` says what holds of each value.
    pub fn holds(&self, is_there: impl Fn(&T) -> bool) -> bool {
        match self {
            Self::Any(values) => values.iter().any(is_there),
            Self::All(values) => values.iter().all(is_there),
        }
    }
}

/// `any of Admin, Writer`.
impl<T: fmt::Display> fmt::Display for Choice<'_, T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (word, values) = match self {
            Self::Any(values) => ("any of ", values),
            Self::All(values) => ("all of ", values),
        };
        if values.len() > 1 {
            formatter.write_str(word)?;
        }
        separated(formatter, values, ", ")
    }
}

/// Writes `parts` with `separator` between them.
pub fn separated<T: fmt::Display>(formatter: &mut fmt::Formatter<'_>, parts: &[T], separator: &str) -> fmt::Result {
    for (position, part) in parts.iter().enumerate() {
        if position > 0 {
            formatter.write_str(separator)?;
        }
        part.fmt(formatter)?;
    }
    Ok(())
}
