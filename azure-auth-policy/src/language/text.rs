//! A declaration as text, in the words of the attribute: written in one order whatever the order in the source, and
//! read back.

mod reader;

use std::error::Error;
use std::fmt;

use self::reader::Reader;
use crate::language::arena::Arena;
use crate::language::choice::Choice;
use crate::language::requirement::Requirement;
use crate::language::row_access::RowAccess;
use crate::language::via::Via;

/// The text is not a declaration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable {
    rest: String,
    expected: &'static str,
}

/// Parts a guard from what is inside it.
const AND: &str = " and ";

impl<'r> RowAccess<'r> {
    /// Reads what `Display` writes, with texts as they are written, escapes included.
    ///
    /// ```
    /// use azure_auth_policy::{Arena, RowAccess};
    ///
    /// let text = r#"protect(roles = "Admin") and protect(allow = Editor(role("Writer") || role("Owner")))"#;
    /// let arena = Arena::default();
    /// assert_eq!(RowAccess::read(text, &arena)?.to_string(), text);
    /// # Ok::<(), azure_auth_policy::Unreadable>(())
    /// ```
    pub fn read(text: &'r str, arena: &'r Arena<'r>) -> Result<Self, Unreadable> {
        Reader::new(text, arena).access()
    }

    /// The same at the beginning of a text, with what follows it.
    ///
    /// ```
    /// use azure_auth_policy::{Arena, RowAccess};
    ///
    /// let arena = Arena::default();
    /// let (access, rest) = RowAccess::read_first(r#"protect(roles = "Admin") taking a token"#, &arena)?;
    /// assert_eq!((access.to_string().as_str(), rest), (r#"protect(roles = "Admin")"#, " taking a token"));
    /// # Ok::<(), azure_auth_policy::Unreadable>(())
    /// ```
    pub fn read_first(text: &'r str, arena: &'r Arena<'r>) -> Result<(Self, &'r str), Unreadable> {
        Reader::new(text, arena).first()
    }
}

/// `protect(scopes = "Files.Read")`, and with guards around it, the outermost first: `protect(roles = "Admin") and
/// protect`. Scopes of OpenID Connect refuse nobody, and are left out.
impl fmt::Display for RowAccess<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Public { reason: None } => formatter.write_str("public"),
            Self::Public { reason: Some(reason) } => write!(formatter, "public(reason = {reason:?})"),
            Self::Protected(requirements) => {
                formatter.write_str(&requirements.iter().map(protect).collect::<Vec<_>>().join(AND))
            }
        }
    }
}

fn protect(requirement: &Requirement<'_>) -> String {
    let keys = keys(requirement);
    if keys.is_empty() { "protect".to_owned() } else { format!("protect({})", keys.join(", ")) }
}

fn keys(requirement: &Requirement<'_>) -> Vec<String> {
    let Requirement { openid_scopes: _, scopes, roles, groups, application_roles, tenants, via, allow, check } =
        requirement;
    let key = |name: &str, value: Option<String>| value.map(|value| format!("{name} = {value}"));
    let tenants = (!tenants.is_empty()).then_some(Choice::Any(tenants));
    let keys = [
        key("via", via.map(Via::word).map(str::to_owned)),
        key("scopes", (!scopes.is_empty()).then(|| format!("{:?}", sorted(scopes).join(" ")))),
        key("roles", roles.as_ref().map(chosen)),
        key("groups", groups.as_ref().map(chosen)),
        key("application_roles", application_roles.as_ref().map(chosen)),
        key("tenants", tenants.as_ref().map(chosen)),
        key("allow", allow.map(ToString::to_string)),
        // The last: a path may hold anything.
        key("check", check.map(str::to_owned)),
    ];
    keys.into_iter().flatten().collect()
}

/// `any("Admin", "Writer")`; one name alone has no quantifier.
fn chosen<T: fmt::Display>(choice: &Choice<'_, T>) -> String {
    let (word, names) = match choice {
        Choice::Any(names) => ("any", sorted(names)),
        Choice::All(names) => ("all", sorted(names)),
    };
    let quoted: Vec<String> = names.iter().map(|name| format!("{name:?}")).collect();
    match quoted.as_slice() {
        [one] => one.clone(),
        several => format!("{word}({})", several.join(", ")),
    }
}

/// Each once.
fn sorted<T: fmt::Display>(names: &[T]) -> Vec<String> {
    let mut sorted: Vec<String> = names.iter().map(ToString::to_string).collect();
    sorted.sort_unstable();
    sorted.dedup();
    sorted
}

impl fmt::Display for Unreadable {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { rest, expected } = self;
        write!(formatter, "cannot be read from {rest:?} on, expected {expected}")
    }
}

impl Error for Unreadable {}

#[cfg(test)]
#[path = "text_tests.rs"]
mod tests;
