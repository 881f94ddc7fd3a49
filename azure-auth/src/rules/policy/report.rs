//! What an application allows, for people to read and for programs.

use std::collections::BTreeMap;
use std::fmt;
use std::panic::Location;

use azure_auth_policy::{Policy, Requirement, RowAccess};
use serde_json::{Value, json};

use super::requirement_words::{credentials, words};
use super::token_words::{Holder, TakenToken, taken};
use crate::model::downstream::permission::Consent;
use crate::model::policies::row::Row;
use crate::model::settings::tenants::AcceptedTenants;

/// What each row of a table allows; made by [`Endpoints::report`](crate::Endpoints::report).
///
/// Its text form is aligned and sorted by path. [`Inspection`](crate::Inspection) lets a program print it when it is asked to,
/// with `--auth-report`, `--auth-report=json` or `--auth-report=markdown`.
///
/// ```
/// let report = azure_auth::endpoints! {}.report();
/// print!("{report}");
/// ```
///
/// A browser's session is the application itself, so that scopes do not limit it: a row that asks for scopes only reads
/// "session: any signed-in user". Paths that end in `/*` are endpoints that are not handlers, and everything below them.
/// A row inside of a [`guard!`](crate::guard) says what the guard and the row ask for together.
///
/// Where a row takes tokens for other APIs, a column says which, for whom, and which permissions an administrator must agree to.
#[derive(Clone, Debug)]
pub struct Report {
    rows: Vec<Row>,
    /// None where no `AzureAuth` is around the table.
    tenants: Option<AcceptedTenants>,
}

const TITLES: [&str; 6] = ["path", "method", "credentials", "who may call", "takes", "handler"];

/// The column that is left out where no row takes a token.
const TAKES: usize = 4;

impl Report {
    pub(crate) fn new(mut rows: Vec<Row>, tenants: Option<AcceptedTenants>) -> Self {
        rows.sort_by(|one, other| (&one.path, one.method()).cmp(&(&other.path, other.method())));
        Self { rows, tenants }
    }

    /// As JSON: `rows` with `path`, `method` (`null`: every method), `handler` (`null`: none), `file`, `line`,
    /// `guards` (where those around the row are written, the outermost first), `credentials`, `requirement` in words,
    /// `declaration` as in the attributes, `reason`, and `tokens`: each with its `api`, `permissions`, those among them that need
    /// an `administrator`, whether it is `for` the `person` or the `program`, and whether it `is_optional`; `tenants`, and `notes`.
    ///
    /// ```
    /// let report = azure_auth::endpoints! {}.report();
    /// assert!(report.to_json().contains("\"rows\": []"));
    /// ```
    pub fn to_json(&self) -> String {
        let rows: Vec<Value> = self.rows.iter().map(json_row).collect();
        let tenants = self.tenants.as_ref().map(json_tenants);
        format!("{:#}", json!({ "rows": rows, "tenants": tenants, "notes": self.notes() }))
    }

    /// As a table in Markdown, to be kept beside the code: it names the files, not the lines, which every edit moves.
    ///
    /// ```
    /// let report = azure_auth::endpoints! {}.report();
    /// std::fs::write(std::env::temp_dir().join("authorization.md"), report.to_markdown())?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn to_markdown(&self) -> String {
        let line = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
        let escaped = |cell: String| cell.replace('|', "\\|").replace('<', "\\<");
        let mut lines = self.lines(file).into_iter().map(|cells| cells.into_iter().map(escaped).collect::<Vec<_>>());
        let titles = lines.next().unwrap_or_default();
        let rows = lines.map(|cells| line(&cells));
        let remarks = self.remarks().into_iter().map(|remark| format!("\n{remark}\n"));
        let titles = line(&titles) + &line(&titles.iter().map(|_| "---".to_owned()).collect::<Vec<_>>());
        titles + &rows.chain(remarks).collect::<String>()
    }

    /// Names that are a scope in one place and a role in another, and rows that nobody may call. The compiler knows items
    /// of a vocabulary and what one declaration asks for; of texts, and of guards around each other, only the whole table.
    pub(crate) fn notes(&self) -> Vec<String> {
        let mut names: BTreeMap<&str, [Option<String>; 2]> = BTreeMap::new();
        for row in &self.rows {
            let access = row.access();
            for (name, kind) in access.requirements().iter().flat_map(names_of) {
                let place = &mut names.entry(name).or_default()[kind as usize];
                place.get_or_insert_with(|| format!("{} {}", row.method(), row.path));
            }
        }
        let both = names.into_iter().filter_map(|(name, [scope, role])| Some((name, scope?, role?)));
        both.map(|(name, scope, role)| {
            format!(
                "`{name}` is a scope at {scope} and an app role at {role}; if it is only one of them, nobody has the other"
            )
        })
        .chain(self.rows.iter().filter(|row| credentials(&row.access()).is_empty()).map(|row| {
            format!("nobody may call {} {}: its guards exclude each other", row.method(), row.path)
        }))
        .collect()
    }

    /// The titles, and a line for each row.
    fn lines(&self, place: fn(&Location<'_>) -> String) -> Vec<Vec<String>> {
        let takes_tokens = self.rows.iter().any(|row| !taken(row).is_empty());
        let all = [TITLES.map(str::to_owned)].into_iter().chain(self.rows.iter().map(|row| cells(row, place)));
        let shown = |cells: [String; 6]| {
            let cells = cells.into_iter().enumerate();
            cells.filter(|(column, _)| takes_tokens || *column != TAKES).map(|(_, cell)| cell).collect()
        };
        all.map(shown).collect()
    }

    fn remarks(&self) -> Vec<String> {
        let tenants = self.tenants.as_ref().map(|tenants| format!("accepted tenants: {}", tenants_in_words(tenants)));
        let notes = self.notes().into_iter().map(|note| format!("note: {note}"));
        tenants.into_iter().chain(notes).collect()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines = self.lines(file_and_line);
        let mut widths = [0; TITLES.len()];
        for line in &lines {
            for (width, cell) in widths.iter_mut().zip(line) {
                *width = cell.chars().count().max(*width);
            }
        }
        for line in &lines {
            let padded = line.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}"));
            writeln!(formatter, "{}", padded.collect::<Vec<_>>().join("  ").trim_end())?;
        }
        self.remarks().iter().try_for_each(|remark| writeln!(formatter, "\n{remark}"))
    }
}

fn cells(row: &Row, place: fn(&Location<'_>) -> String) -> [String; 6] {
    let access = row.access();
    let who = match access {
        RowAccess::Public { reason: Some(reason) } => format!("{}: {reason}", words(&access)),
        RowAccess::Public { reason: None } | RowAccess::Protected(_) => words(&access),
    };
    let written = place(row.location());
    let handler = match row.handler() {
        Some(handler) => format!("{handler} ({written})"),
        None => written,
    };
    let guards = row.guard_locations().map(|location| format!(", guard at {}", place(location)));
    let handler = handler + &guards.collect::<String>();
    let takes: Vec<String> = taken(row).iter().map(|token| token.words(&access)).collect();
    [row.path.clone(), row.method().to_owned(), credentials(&access).join(", "), who, takes.join("; "), handler]
}

fn file(location: &Location<'_>) -> String {
    location.file().to_owned()
}

fn file_and_line(location: &Location<'_>) -> String {
    format!("{}:{}", location.file(), location.line())
}

fn json_row(row: &Row) -> Value {
    let access = row.access();
    let reason = match access {
        RowAccess::Public { reason } => reason,
        RowAccess::Protected(_) => None,
    };
    json!({
        "path": row.path,
        "method": row.method,
        "handler": row.handler(),
        "file": row.location().file(),
        "line": row.location().line(),
        "guards": row.guard_locations().map(file_and_line).collect::<Vec<_>>(),
        "credentials": credentials(&access),
        "requirement": words(&access),
        "declaration": access.to_string(),
        "reason": reason,
        "tokens": taken(row).iter().map(json_token).collect::<Vec<_>>(),
    })
}

fn json_token(token: &TakenToken) -> Value {
    json!({
        "api": token.api(),
        "permissions": token.names(|_| true),
        "administrator": token.names(|consent| consent == Consent::Administrator),
        "for": if token.holder == Holder::Program { "program" } else { "person" },
        "is_optional": token.holder == Holder::PersonIfAny,
    })
}

fn json_tenants(tenants: &AcceptedTenants) -> Value {
    match tenants {
        AcceptedTenants::OfAuthority => json!([]),
        AcceptedTenants::Listed(tenants) => json!(tenants),
        AcceptedTenants::EveryWorkTenant => json!("*"),
    }
}

fn tenants_in_words(tenants: &AcceptedTenants) -> String {
    match tenants {
        AcceptedTenants::OfAuthority => "that of the authority".to_owned(),
        AcceptedTenants::Listed(tenants) => tenants.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
        AcceptedTenants::EveryWorkTenant => "* (every work tenant)".to_owned(),
    }
}

/// What a name is used as.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum NameKind {
    Scope,
    Role,
}

pub(super) fn names_of<'r>(requirement: &Requirement<'r>) -> Vec<(&'r str, NameKind)> {
    let mut names: Vec<(&str, NameKind)> = Vec::new();
    names.extend(requirement.scopes.iter().map(|scope| (*scope, NameKind::Scope)));
    for roles in requirement.roles.into_iter().chain(requirement.application_roles) {
        names.extend(roles.values().iter().map(|role| (*role, NameKind::Role)));
    }
    if let Some(policy) = requirement.allow {
        policy.for_each_leaf(&mut |fact| match fact {
            Policy::Scope(scope) => names.push((scope, NameKind::Scope)),
            Policy::Role(role) | Policy::ApplicationRole(role) => names.push((role, NameKind::Role)),
            _ => {}
        });
    }
    names
}

#[cfg(test)]
mod tests {
    use azure_auth_policy::Choice;

    use super::*;
    use crate::model::downstream::need::Need;
    use crate::model::downstream::permission::{Permission, ResourceName};
    use crate::model::policies::declaration::Declaration;

    fn row(path: &str, method: Option<&str>, declaration: Declaration) -> Row {
        Row::new(path, method.map(str::to_owned), declaration)
    }

    fn report(tenants: Option<AcceptedTenants>) -> Report {
        let rows = vec![
            row("/files", Some("POST"), Declaration::protected("app::write").roles(Choice::Any(&["Files.Read"]))),
            row("/files", Some("GET"), Declaration::protected("app::read").scopes(&["Files.Read"])),
            row("/static/*", None, Declaration::public("/static").reason("a | b")),
        ];
        Report::new(rows, tenants)
    }

    /// Without the lines of this file.
    fn shown(text: &str) -> String {
        let place = format!("{}:", file!());
        let mut parts = text.split(&place);
        let first = parts.next().unwrap().to_owned();
        first + &parts.map(|rest| rest.trim_start_matches(|digit: char| digit.is_ascii_digit())).collect::<String>()
    }

    #[test]
    fn the_text_is_aligned_and_sorted_by_path() {
        assert_eq!(
            shown(&report(Some(AcceptedTenants::EveryWorkTenant)).to_string()),
            "path       method  credentials     who may call                                          handler\n\
             /files     GET     session, token  session: any signed-in user; token: scope Files.Read  app::read ()\n\
             /files     POST    session, token  session or token: role Files.Read                     app::write ()\n\
             /static/*  ANY     none            anyone: a | b\n\
             \n\
             accepted tenants: * (every work tenant)\n\
             \n\
             note: `Files.Read` is a scope at GET /files and an app role at POST /files; if it is only one of them, nobody \
             has the other\n"
                .replace("anyone: a | b\n", "anyone: a | b                                         \n")
        );
    }

    #[test]
    fn a_row_whose_guards_exclude_each_other_is_noted() {
        static APPLICATIONS: Declaration = Declaration::protected("guard").application_roles(Choice::All(&["Jobs"]));
        let rows = report(None).rows.into_iter().map(|row| row.behind(&APPLICATIONS)).collect();
        assert_eq!(
            Report::new(rows, None).notes()[1..],
            [
                "nobody may call GET /files: its guards exclude each other",
                "nobody may call POST /files: its guards exclude each other",
            ]
        );
    }

    #[test]
    fn markdown_keeps_its_cells() {
        let markdown = report(None).to_markdown();
        let lines: Vec<&str> = markdown.lines().collect();
        assert_eq!(lines[0], "| path | method | credentials | who may call | handler |");
        assert_eq!(lines[1], "| --- | --- | --- | --- | --- |");
        assert!(lines[4].starts_with("| /static/* | ANY | none | anyone: a \\| b | "), "{markdown}");
        assert!(lines[2].ends_with(&format!("| app::read ({}) |", file!())), "no line that the next edit moves");
        assert!(markdown.ends_with("nobody has the other\n"), "{markdown}");
    }

    const NEEDS: &[Need] = &[
        Need::Person {
            permissions: &[
                Permission::of_graph("Mail.Read", Consent::Person, None),
                Permission::of_graph("Directory.Read.All", Consent::Administrator, None),
            ],
            is_optional: false,
        },
        Need::Application(ResourceName::Uri("https://storage.azure.com")),
    ];

    #[test]
    fn tokens_that_a_row_takes_have_a_column() {
        let mut rows = report(None).rows;
        rows.push(row("/mail", Some("GET"), Declaration::protected("app::mail").downstream(NEEDS)));
        let report = Report::new(rows, None);
        let words = "Microsoft Graph: Directory.Read.All (an administrator must agree), Mail.Read, for the person; \
                     https://storage.azure.com, for the program itself";
        let text = shown(&report.to_string());
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines[3].ends_with(&format!("  {words}  app::mail ()")), "{text}");
        assert_eq!(lines[0].find("takes"), lines[3].find("Microsoft Graph"), "{text}");
        let markdown = report.to_markdown();
        assert!(markdown.starts_with(
            "| path | method | credentials | who may call | takes | handler |\n| --- | --- | --- | --- | --- | --- |\n"
        ));
        assert!(markdown.contains(&format!("any signed-in user | {words} | app::mail (")), "{markdown}");
        let read: Value = serde_json::from_str(&report.to_json()).unwrap();
        assert_eq!(read["rows"][0]["tokens"], json!([]));
        assert_eq!(
            read["rows"][2]["tokens"],
            json!([
                {
                    "api": "https://graph.microsoft.com",
                    "permissions": ["Directory.Read.All", "Mail.Read"],
                    "administrator": ["Directory.Read.All"],
                    "for": "person",
                    "is_optional": false,
                },
                {
                    "api": "https://storage.azure.com",
                    "permissions": [],
                    "administrator": [],
                    "for": "program",
                    "is_optional": false,
                },
            ])
        );
    }

    #[test]
    fn json_says_the_same_to_programs() {
        let listed = AcceptedTenants::Listed(vec![azure_auth_policy::Guid::from_u128(1)]);
        let read: Value = serde_json::from_str(&report(Some(listed)).to_json()).unwrap();
        assert_eq!(read["tenants"], json!(["00000000-0000-0000-0000-000000000001"]));
        assert_eq!(read["notes"].as_array().unwrap().len(), 1);
        let row = &read["rows"][0];
        assert_eq!(row["path"], "/files");
        assert_eq!(row["method"], "GET");
        assert_eq!(row["handler"], "app::read");
        assert_eq!(row["file"], file!());
        assert!(row["line"].is_u64());
        assert_eq!(row["credentials"], json!(["session", "token"]));
        assert_eq!(row["requirement"], "session: any signed-in user; token: scope Files.Read");
        assert_eq!(row["declaration"], "protect(scopes = \"Files.Read\")");
        assert_eq!(read["rows"][2]["handler"], Value::Null);
        assert_eq!(read["rows"][2]["reason"], "a | b");
    }
}
