//! The lock file of a table: one line for each row, and what a table that has changed says of it.

use std::collections::BTreeMap;
use std::fmt;

use azure_auth_policy::{Arena, RowAccess};

use super::access_change::{Change, compare};
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
    Of(Change),
}

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
        ([before], [now]) => DifferenceKind::Of(change(before, now)),
        _ => DifferenceKind::Of(Change::Mixed),
    };
    Some(Difference { kind, request: format!("{method} {path}").trim().to_owned(), before, now })
}

/// What cannot be read, by a slip in the file, has changed.
fn change(before: &str, now: &str) -> Change {
    let arena = Arena::default();
    match (RowAccess::read(before, &arena), RowAccess::read(now, &arena)) {
        (Ok(before), Ok(now)) => compare(&before, &now),
        _ => Change::Mixed,
    }
}

fn lines_of(rows: &[Row]) -> Lines {
    let mut lines = Lines::new();
    for row in rows {
        let key = (row.path.clone(), row.method().to_owned());
        lines.entry(key).or_default().push(row.access().to_string());
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
            Self::Of(change) => change.fmt(formatter),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
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
            assert_eq!(kinds, [DifferenceKind::Of(Change::Mixed)], "{before}");
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
