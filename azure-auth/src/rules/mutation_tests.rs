//! Whoever deletes or widens one `protect` of `examples/hybrid` hears of it. That the file is the example's is a test of
//! the example; here each of its rows is changed in every way that lets somebody in, and compared as that test does.

use super::authorization_lock::{DifferenceKind, differences};
use super::declaration_text::{read, written};
use super::widening::Change;
use crate::model::declaration::{Access, Declaration};
use crate::model::requirement::{Choice, Requirement};
use crate::model::row::Row;

const LOCK: &str = include_str!("../../../examples/hybrid/authorization.lock");

#[test]
fn deleting_or_widening_any_declaration_is_noticed() {
    let rows = rows();
    assert_eq!(differences(LOCK, &rows), [], "the rows are read as they were written");
    let mut tried = Vec::new();
    for (place, row) in rows.iter().enumerate() {
        let Access::Protected(requirement) = &row.declaration.access else { continue };
        let kinds = |rows: &[Row]| differences(LOCK, rows).iter().map(|found| found.kind).collect::<Vec<_>>();
        let without: Vec<Row> = [&rows[..place], &rows[place + 1..]].concat();
        assert_eq!(kinds(&without), [DifferenceKind::Removed], "{row:?}");
        for access in wider(requirement) {
            let mut mutant = rows.clone();
            mutant[place].declaration.access = access;
            assert_eq!(kinds(&mutant), [DifferenceKind::Of(Change::Widened)], "{row:?} as {}", written(&access));
        }
        tried.push(format!("{} {}: {}", row.method(), row.path, wider(requirement).len()));
    }
    println!("{}", tried.join("\n"));
    assert_eq!(tried.len(), 7, "every `protect` of the example");
}

fn rows() -> Vec<Row> {
    let lines = LOCK.lines().filter(|line| !line.starts_with('#'));
    let row = |line: &str| {
        let (request, declaration) = line.split_once(" => ").unwrap();
        let (method, path) = request.split_once(' ').unwrap();
        let declaration = Declaration { access: read(declaration).unwrap(), ..Declaration::protected("handler") };
        Row { path: path.to_owned(), method: Some(method.to_owned()), declaration }
    };
    lines.map(row).collect()
}

/// The declaration with one thing changed.
fn wider(requirement: &Requirement) -> Vec<Access> {
    let one = *requirement;
    let mut wider = vec![Access::Public { reason: None }, Access::Public { reason: Some("why not") }];
    let mut add = |is_another: bool, requirement| {
        if is_another {
            wider.push(Access::Protected(requirement));
        }
    };
    add(one.via.is_some(), Requirement { via: None, ..one });
    add(!one.scopes.is_empty(), Requirement { scopes: &[], ..one });
    add(one.scopes.len() > 1, Requirement { scopes: &one.scopes[..one.scopes.len().saturating_sub(1)], ..one });
    add(one.roles.is_some(), Requirement { roles: None, ..one });
    add(one.roles.is_some(), Requirement { roles: or_another(one.roles), ..one });
    add(one.groups.is_some(), Requirement { groups: None, ..one });
    add(one.app_roles.is_some(), Requirement { app_roles: or_another(one.app_roles), ..one });
    // Applications come with access tokens only.
    add(
        one.app_roles.is_none() && one.via.is_none(),
        Requirement { app_roles: Some(Choice::Any(&["Another"])), ..one },
    );
    wider
}

fn or_another(roles: Option<Choice<&'static str>>) -> Option<Choice<&'static str>> {
    let (Choice::Any(names) | Choice::All(names)) = roles?;
    Some(Choice::Any([names, &["Another"]].concat().leak()))
}
