//! The lock file of a table: one line for each row, and what a table that has changed says of it.

use std::collections::BTreeMap;
use std::fmt;

use azure_auth_policy::{Arena, RowAccess};

use super::access_change::{Change, compare};
use super::token_words::{TAKING, Taking, taken};
use crate::model::policies::row::Row;

/// The first lines of the file.
const HEADER: &str = "\
# Who may call what. A test compares this file with the application: `assert_authorization_lock!` of azure-auth.
# To write it anew: AZURE_AUTH_UPDATE_LOCK=1 cargo test
";

/// Parts what answers from who may call it.
const ARROW: &str = " => ";

/// What differs for one method of one path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Difference {
    pub(crate) kind: DifferenceKind,
    /// `GET /files`.
    request: String,
    before: Vec<String>,
    now: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DifferenceKind {
    Added,
    Removed,
    /// Who may call, what it takes of other APIs, or both; not neither.
    Of {
        access: Option<Change>,
        tokens: Option<TokenChange>,
    },
}

/// What became of the tokens for other APIs that a row takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TokenChange {
    Begins,
    Ceases,
    TakesOthers,
}

/// Both halves of a row may have changed, as far as anybody can tell.
const UNREADABLE: DifferenceKind = DifferenceKind::Of { access: Some(Change::Mixed), tokens: None };

/// Declarations by what they stand for, by path and then by method. Of one method there can be several.
type Lines = BTreeMap<(String, String), Vec<String>>;

/// The file for these rows.
pub(crate) fn file(rows: &[Row]) -> String {
    let lines = lines_of(rows);
    let lines = lines.iter().flat_map(|((path, method), declarations)| {
        declarations.iter().map(move |declaration| format!("{method} {path}{ARROW}{declaration}\n"))
    });
    HEADER.to_owned() + &lines.collect::<String>()
}

/// What a file says differently from these rows.
pub(crate) fn differences(file: &str, rows: &[Row]) -> Vec<Difference> {
    let (before, now) = (lines_in(file), lines_of(rows));
    let mut keys: Vec<&(String, String)> = before.keys().chain(now.keys()).collect();
    keys.sort_unstable();
    keys.dedup();
    let of = |lines: &Lines, key| lines.get(key).cloned().unwrap_or_default();
    keys.into_iter().filter_map(|key| difference(key, of(&before, key), of(&now, key))).collect()
}

fn difference((path, method): &(String, String), before: Vec<String>, now: Vec<String>) -> Option<Difference> {
    if before == now {
        return None;
    }
    let kind = match (before.as_slice(), now.as_slice()) {
        ([], _) => DifferenceKind::Added,
        (_, []) => DifferenceKind::Removed,
        ([before], [now]) => change(before, now),
        _ => UNREADABLE,
    };
    Some(Difference { kind, request: format!("{method} {path}").trim().to_owned(), before, now })
}

/// What cannot be read, by a slip in the file, has changed.
fn change(before: &str, now: &str) -> DifferenceKind {
    let arena = Arena::default();
    let read = |text| {
        let (access, rest) = RowAccess::read_first(text, &arena).ok()?;
        // A line without tokens has nothing more, as all lines had once.
        let tokens = if rest.is_empty() { Some("") } else { rest.strip_prefix(TAKING) };
        Some((access, tokens?))
    };
    let (Some((before, tokens_before)), Some((now, tokens_now))) = (read(before), read(now)) else { return UNREADABLE };
    let access = (before != now).then(|| compare(&before, &now));
    let tokens = match (tokens_before, tokens_now) {
        (before, now) if before == now => None,
        ("", _) => Some(TokenChange::Begins),
        (_, "") => Some(TokenChange::Ceases),
        _ => Some(TokenChange::TakesOthers),
    };
    // Neither: the two are written differently, and mean the same.
    if access.is_none() && tokens.is_none() { UNREADABLE } else { DifferenceKind::Of { access, tokens } }
}

fn lines_of(rows: &[Row]) -> Lines {
    let mut lines = Lines::new();
    for row in rows {
        let key = (row.path.clone(), row.method().to_owned());
        lines.entry(key).or_default().push(format!("{}{}", row.access(), Taking(&taken(row))));
    }
    lines
}

fn lines_in(file: &str) -> Lines {
    let mut lines = Lines::new();
    for line in file.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
        // Something that is not a row shows as a row that is gone.
        let (request, declaration) = line.split_once(ARROW).unwrap_or((line, ""));
        let (method, path) = request.split_once(' ').unwrap_or((request, ""));
        lines.entry((path.to_owned(), method.to_owned())).or_default().push(declaration.to_owned());
    }
    lines
}

impl fmt::Display for Difference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kind, request, before, now } = self;
        writeln!(formatter, "{kind}: {request}")?;
        for line in before {
            writeln!(formatter, "  - {line}")?;
        }
        for line in now {
            writeln!(formatter, "  + {line}")?;
        }
        Ok(())
    }
}

impl fmt::Display for DifferenceKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Added => formatter.write_str("added"),
            Self::Removed => formatter.write_str("removed"),
            Self::Of { access, tokens } => {
                let words = [access.map(|change| change.to_string()), tokens.map(|change| change.to_string())];
                formatter.write_str(&words.into_iter().flatten().collect::<Vec<_>>().join(", and "))
            }
        }
    }
}

impl fmt::Display for TokenChange {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Begins => "begins to take tokens",
            Self::Ceases => "takes no tokens any more",
            Self::TakesOthers => "takes other tokens",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::downstream::need::Need;
    use crate::model::downstream::permission::{Consent, Permission, ResourceName};
    use crate::model::policies::declaration::Declaration;
    use azure_auth_policy::{Choice, Policy};

    fn row(method: &str, path: &str, declaration: Declaration) -> Row {
        Row::new(path, Some(method.to_owned()), declaration)
    }

    fn rows() -> Vec<Row> {
        let protected = Declaration::protected("files");
        vec![
            row("POST", "/files", protected.scopes(&["Files.ReadWrite"])),
            row("GET", "/files", protected.scopes(&["Files.Read"]).application_roles(Choice::Any(&["Files.Read.All"]))),
            row("GET", "/", Declaration::public("home").reason("the start page")),
        ]
    }

    #[test]
    fn the_file_has_one_line_for_each_row_by_path() {
        let file = file(&rows());
        assert_eq!(
            file.strip_prefix(HEADER).unwrap(),
            "GET / => public(reason = \"the start page\")\n\
             GET /files => protect(scopes = \"Files.Read\", application_roles = \"Files.Read.All\")\n\
             POST /files => protect(scopes = \"Files.ReadWrite\")\n"
        );
        assert_eq!(differences(&file, &rows()), []);
        assert_eq!(differences(&file.replace('\n', "\r\n"), &rows()), []);
    }

    #[test]
    fn each_kind_of_difference_is_called_by_its_name() {
        let file = file(&rows());
        let all: Vec<Row> = rows();
        let [write, read, home] = all.as_slice() else { panic!("three rows") };
        let [wide, narrow, other] = [
            Declaration::protected("files")
                .allow(&Policy::Any(&[Policy::User, Policy::ApplicationRole("Files.Read.All")])),
            Declaration::protected("files").scopes(&["Files.Read"]),
            Declaration::protected("files").scopes(&["Files.Other"]),
        ]
        .map(|declaration| row("GET", "/files", declaration));
        let new = row("GET", "/new", Declaration::public("new"));
        for (rows, expected) in [
            (vec![write, read, home, &new], "added: GET /new\n  + public\n"),
            (vec![write, read], "removed: GET /\n  - public(reason = \"the start page\")\n"),
            (
                vec![write, &wide, home],
                "widened: GET /files\n  - protect(scopes = \"Files.Read\", application_roles = \"Files.Read.All\")\n  + \
                 protect(allow = (user() || application_role(\"Files.Read.All\")))\n",
            ),
            (
                vec![write, &narrow, home],
                "narrowed: GET /files\n  - protect(scopes = \"Files.Read\", application_roles = \"Files.Read.All\")\n  + \
                 protect(scopes = \"Files.Read\")\n",
            ),
            (
                vec![write, &other, home],
                "changed: GET /files\n  - protect(scopes = \"Files.Read\", application_roles = \"Files.Read.All\")\n  + \
                 protect(scopes = \"Files.Other\")\n",
            ),
        ] {
            let rows: Vec<Row> = rows.into_iter().cloned().collect();
            let found: String = differences(&file, &rows).iter().map(ToString::to_string).collect();
            assert_eq!(found, expected);
        }
    }

    const MAIL: &[Need] = &[Need::Person {
        permissions: &[Permission::of_graph("Mail.Read", Consent::Person, None)],
        is_optional: false,
    }];
    const STORAGE: &[Need] = &[Need::Application(ResourceName::Uri("https://storage.azure.com"))];

    #[test]
    fn a_row_that_takes_tokens_says_so_in_its_line() {
        let mail = |needs| row("GET", "/mail", Declaration::protected("mail").downstream(needs));
        let file = file(&[mail(MAIL)]);
        let line = "GET /mail => protect taking person(\"https://graph.microsoft.com/Mail.Read\")\n";
        assert_eq!(file.strip_prefix(HEADER).unwrap(), line);
        assert_eq!(differences(&file, &[mail(MAIL)]), []);
    }

    #[test]
    fn tokens_that_are_taken_or_not_are_a_change_of_their_own_kind() {
        let open = Declaration::public("mail").reason("taking person(\"x\")");
        let (all, few) = (Declaration::protected("mail"), Declaration::protected("mail").scopes(&["Mail.Show"]));
        for (before, now, expected) in [
            (all, all.downstream(MAIL), "begins to take tokens"),
            (all.downstream(MAIL), all, "takes no tokens any more"),
            (all.downstream(MAIL), all.downstream(STORAGE), "takes other tokens"),
            (few, all.downstream(MAIL), "widened, and begins to take tokens"),
            (all.downstream(STORAGE), few, "narrowed, and takes no tokens any more"),
            (few.downstream(MAIL), all.downstream(MAIL), "widened"),
            (open, open.downstream(STORAGE), "begins to take tokens"),
            (open.downstream(STORAGE), few.downstream(MAIL), "narrowed, and takes other tokens"),
        ] {
            let (before, now) = (row("GET", "/mail", before), row("GET", "/mail", now));
            let found = differences(&file(&[before]), &[now]);
            assert_eq!(found.iter().map(|found| found.kind.to_string()).collect::<Vec<_>>(), [expected]);
        }
    }

    #[test]
    fn a_slip_behind_who_may_call_has_changed() {
        let mail = row("GET", "/mail", Declaration::protected("mail").downstream(MAIL));
        for line in [
            "protect takes nothing",
            "protect taking",
            "protect with person(\"https://graph.microsoft.com/Mail.Read\")",
        ] {
            let found = differences(&format!("GET /mail => {line}\n"), std::slice::from_ref(&mail));
            assert_eq!(found.iter().map(|found| found.kind).collect::<Vec<_>>(), [UNREADABLE], "{line}");
        }
    }

    /// What applications need had another name, and alone it admitted people too.
    #[test]
    fn a_file_of_before_says_changed_where_the_meaning_changed() {
        let read = Declaration::protected("files").application_roles(Choice::Any(&["Files.Read.All"]));
        for (before, declaration) in [
            ("protect(app_roles = \"Files.Read.All\")", read),
            (
                "protect(allow = app_role(\"Files.Read.All\"))",
                Declaration::protected("files").allow(&Policy::ApplicationRole("Files.Read.All")),
            ),
        ] {
            let found = differences(&format!("GET /files => {before}\n"), &[row("GET", "/files", declaration)]);
            let kinds: Vec<DifferenceKind> = found.iter().map(|difference| difference.kind).collect();
            assert_eq!(kinds, [UNREADABLE], "{before}");
        }
    }

    #[test]
    fn a_file_with_a_slip_differs() {
        for line in
            ["<<<<<<< HEAD", "GET /files", "GET /files => protekt", "GET / => public(reason = \"the start page\")"]
        {
            let file = format!("{}{line}\n", file(&rows()));
            assert_eq!(differences(&file, &rows()).len(), 1, "{line}");
        }
    }
}
