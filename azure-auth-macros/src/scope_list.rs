//! The grammar inside `scopes = "…"`: names separated by spaces or line breaks. Byte ranges, no spans.

use std::ops::Range;

use azure_auth_policy::Guid;
use azure_auth_policy::permission_value::{self, ValueProblem};

use crate::diagnostics::nearest;

/// One name of a list and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Scope<'t> {
    pub(crate) name: &'t str,
    pub(crate) bytes: Range<usize>,
}

/// What is wrong with a list, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ScopeProblem {
    pub(crate) kind: ScopeProblemKind,
    pub(crate) bytes: Range<usize>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ScopeProblemKind {
    /// Nothing but spaces.
    Empty,
    /// A comma between names. Entra allows one inside a name, where a reader would not expect it.
    Comma,
    /// A character that no scope name has (RFC 6749 §3.3, and Entra's own rule).
    Character { found: char },
    /// Longer than Entra takes.
    TooLong { found: usize },
    /// Only `.default` begins with a dot.
    LeadingDot,
    /// A name appears twice.
    Duplicate,
    /// A permission of Microsoft Graph, with its address in front.
    OfGraph,
    /// Another resource in front, or this application's own: `api://…`, `https://…`, `<client id>/…`.
    WithResource { permission: String },
    /// All permissions of a resource, which a handler cannot need.
    Default,
    /// A scope of OpenID Connect in other letters.
    Misspelt { meant: &'static str },
    /// A scope of OpenID Connect that Entra does not know.
    NotOffered,
    /// The short name of a permission of Microsoft Graph, which an application rarely declares itself.
    LikeGraph,
}

/// Reads a list; every mistake, not only the first.
pub(crate) fn parse(list: &str) -> Result<Vec<Scope<'_>>, Vec<ScopeProblem>> {
    let mut scopes: Vec<Scope<'_>> = Vec::new();
    let mut problems = Vec::new();
    if let Some(comma) = list.find(',') {
        problems.push(ScopeProblem { kind: ScopeProblemKind::Comma, bytes: comma..comma + 1 });
    }
    for Scope { name, bytes } in names(list) {
        if let Some((kind, place)) = problem(name) {
            problems.push(ScopeProblem { kind, bytes: bytes.start + place.start..bytes.start + place.end });
        } else if scopes.iter().any(|scope| scope.name == name) {
            problems.push(ScopeProblem { kind: ScopeProblemKind::Duplicate, bytes });
        } else {
            scopes.push(Scope { name, bytes });
        }
    }
    if scopes.is_empty() && problems.is_empty() {
        problems.push(ScopeProblem { kind: ScopeProblemKind::Empty, bytes: 0..list.len() });
    }
    if problems.is_empty() { Ok(scopes) } else { Err(problems) }
}

/// The names of a list and where they stand, whatever is wrong with them.
pub(crate) fn names(list: &str) -> impl Iterator<Item = Scope<'_>> {
    list.split(is_separator).filter(|name| !name.is_empty()).map(|name| {
        let start = name.as_ptr() as usize - list.as_ptr() as usize;
        Scope { name, bytes: start..start + name.len() }
    })
}

/// A comma is meant as a separator: the names after it are read all the same.
fn is_separator(letter: char) -> bool {
    letter.is_ascii_whitespace() || letter == ','
}

/// What is wrong with one name, and at which of its bytes.
fn problem(name: &str) -> Option<(ScopeProblemKind, Range<usize>)> {
    let whole = 0..name.len();
    let value = permission_value::problem(name);
    if let Some((ValueProblem::Character { found }, place)) = value {
        return Some((ScopeProblemKind::Character { found }, place));
    }
    if let Some(kind) = resource(name).or_else(|| stranger(name)) {
        return Some((kind, whole));
    }
    match value? {
        (ValueProblem::TooLong { found }, _) => Some((ScopeProblemKind::TooLong { found }, whole)),
        (ValueProblem::LeadingDot, place) => Some((ScopeProblemKind::LeadingDot, place)),
        (ValueProblem::Empty | ValueProblem::Character { .. }, _) => None,
    }
}

/// Entra takes everything before the last slash for the resource.
pub(crate) fn resource(name: &str) -> Option<ScopeProblemKind> {
    let (resource, permission) = name.rsplit_once('/').unwrap_or(("", name));
    if permission == ".default" {
        return Some(ScopeProblemKind::Default);
    }
    let is_graph = resource.starts_with("https://graph.microsoft.") || resource.contains("-graph.microsoft.");
    let is_resource = resource.contains("://") || Guid::parse(resource).is_some();
    match (is_graph, is_resource) {
        (true, _) => Some(ScopeProblemKind::OfGraph),
        (false, true) => Some(ScopeProblemKind::WithResource { permission: permission.to_owned() }),
        (false, false) => None,
    }
}

/// Scopes of OpenID Connect shape the sign-in and never refuse anyone.
pub(crate) const OPENID_SCOPES: [&str; 4] = ["openid", "profile", "email", "offline_access"];

/// Two that are in the standard but that Entra does not offer.
const NOT_OFFERED: [&str; 2] = ["address", "phone"];

/// A name that is hardly meant to be a permission of this application. A vocabulary may declare it as one.
fn stranger(name: &str) -> Option<ScopeProblemKind> {
    if OPENID_SCOPES.contains(&name) {
        return None;
    }
    if NOT_OFFERED.contains(&name) {
        return Some(ScopeProblemKind::NotOffered);
    }
    let misspelt = nearest(name, OPENID_SCOPES).map(|meant| ScopeProblemKind::Misspelt { meant });
    misspelt.or_else(|| is_like_graph(name).then_some(ScopeProblemKind::LikeGraph))
}

/// What Microsoft Graph's most used permissions are about. `Files` is missing: applications often declare it themselves.
const GRAPH_SUBJECTS: [&str; 12] = [
    "Calendars",
    "Chat",
    "Contacts",
    "Directory",
    "Group",
    "GroupMember",
    "Mail",
    "MailboxSettings",
    "People",
    "Presence",
    "Sites",
    "User",
];

const GRAPH_VERBS: [&str; 5] = ["AccessAsUser", "Read", "ReadBasic", "ReadWrite", "Send"];

/// `User.Read`, `Mail.Send.Shared`: subject, verb, constraint.
fn is_like_graph(name: &str) -> bool {
    let mut parts = name.split('.');
    let (subject, verb) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    GRAPH_SUBJECTS.contains(&subject) && GRAPH_VERBS.contains(&verb)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_separated_by_spaces() {
        for list in ["openid  Files.Read ", "openid\n\tFiles.Read"] {
            let scopes = parse(list).unwrap();
            assert_eq!(scopes, [Scope { name: "openid", bytes: 0..6 }, Scope { name: "Files.Read", bytes: 8..18 }]);
        }
    }

    #[test]
    fn each_mistake_is_found_at_its_place() {
        use ScopeProblemKind::*;
        let own = "11111111-aaaa-4bbb-8ccc-222222222222/Files.Read";
        let permission = || "Files.Read".to_owned();
        for (list, kind, bytes) in [
            ("", Empty, 0..0),
            ("  ", Empty, 0..2),
            ("openid Files.\"Read\"", Character { found: '"' }, 13..14),
            ("a\\b", Character { found: '\\' }, 1..2),
            ("a\u{0}b", Character { found: '\0' }, 1..2),
            ("é", Character { found: 'é' }, 0..2),
            ("openid, email", Comma, 6..7),
            ("openid,email,profile", Comma, 6..7),
            ("openid email openid", Duplicate, 13..19),
            ("https://graph.microsoft.com/User.Read", OfGraph, 0..37),
            ("x api://contoso/Files.Read", WithResource { permission: permission() }, 2..26),
            (own, WithResource { permission: permission() }, 0..own.len()),
            ("api://x/.default", Default, 0..16),
            (".default", Default, 0..8),
            ("a .b", LeadingDot, 2..3),
            (&"x".repeat(121), TooLong { found: 121 }, 0..121),
            ("openId", Misspelt { meant: "openid" }, 0..6),
            ("a OPENID", Misspelt { meant: "openid" }, 2..8),
            ("Email", Misspelt { meant: "email" }, 0..5),
            ("offline-access", Misspelt { meant: "offline_access" }, 0..14),
            ("phone", NotOffered, 0..5),
            ("User.Read", LikeGraph, 0..9),
            ("Directory.AccessAsUser.All", LikeGraph, 0..26),
        ] {
            assert_eq!(parse(list), Err(vec![ScopeProblem { kind, bytes }]), "{list:?}");
        }
    }

    #[test]
    fn own_permissions_may_sound_like_others() {
        for name in ["Files.Read", "User.Invite", "Users.Read", "emails.read", "access_as_user"] {
            assert!(parse(name).is_ok(), "{name}");
        }
    }

    #[test]
    fn all_mistakes_are_found() {
        assert_eq!(parse("a a, .default \\").unwrap_err().len(), 4);
    }
}
