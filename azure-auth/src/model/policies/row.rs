//! A row of a table as it is read: who may do what, and where.

use std::panic::Location;

use azure_auth_policy::{PathPattern, Requirement, RowAccess};

use super::declaration::{Access, Declaration};
use crate::model::downstream::need::Need;

/// One method of one path.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    /// The whole path, as a pattern.
    pub(crate) path: String,
    /// None: an endpoint that is not a handler, and answers every method.
    pub(crate) method: Option<String>,
    /// What it declares itself. Guards around it may ask for more: see [`Row::access`].
    declaration: Declaration,
    /// The outermost first.
    guards: Vec<&'static Declaration>,
}

impl Row {
    pub(crate) fn new(path: impl Into<String>, method: Option<String>, declaration: Declaration) -> Self {
        Self { path: path.into(), method, declaration, guards: Vec::new() }
    }

    /// The same row of a table that is nested at `path`.
    pub(crate) fn under(&self, path: &str) -> Self {
        Self { path: format!("{}{}", path.trim_end_matches('/'), self.path), ..self.clone() }
    }

    /// The same row inside of one more guard.
    pub(crate) fn behind(mut self, guard: &'static Declaration) -> Self {
        self.guards.insert(0, guard);
        self
    }

    pub(crate) fn method(&self) -> &str {
        self.method.as_deref().unwrap_or("ANY")
    }

    /// None: an endpoint that is not a handler.
    pub(crate) fn handler(&self) -> Option<&'static str> {
        self.method.as_ref().map(|_| self.declaration.handler)
    }

    /// Where it says who may call it.
    pub(crate) fn location(&self) -> &'static Location<'static> {
        self.declaration.location
    }

    /// Where the guards around it are written, the outermost first.
    pub(crate) fn guard_locations(&self) -> impl Iterator<Item = &'static Location<'static>> {
        self.guards.iter().map(|guard| guard.location)
    }

    /// What the row needs of other APIs.
    pub(crate) fn needs(&self) -> impl Iterator<Item = &'static Need> {
        self.guards.iter().copied().chain([&self.declaration]).flat_map(|declaration| declaration.needs)
    }

    /// What each guard and the row itself ask for. A public row inside of a guard is open only to whom the guard admits.
    pub(crate) fn access(&self) -> RowAccess<'static> {
        let requirement = |declaration: &Declaration| match declaration.access {
            Access::Protected(requirement) => Some(requirement),
            Access::Public { .. } => None,
        };
        let all = self.guards.iter().copied().chain([&self.declaration]);
        let requirements: Vec<Requirement<'_>> = all.filter_map(requirement).collect();
        match self.declaration.access {
            Access::Public { reason } if requirements.is_empty() => RowAccess::Public { reason },
            _ => RowAccess::Protected(requirements),
        }
    }
}

/// The rows that take requests which an earlier one takes, with that one: of the two only one would answer.
pub(crate) fn given_twice<'r>(rows: &'r [Row]) -> Vec<(&'r Row, &'r Row)> {
    let is_one_method = |one: &Row, other: &Row| match (&one.method, &other.method) {
        (Some(one), Some(other)) => one == other,
        _ => true,
    };
    let again = |(place, row): (usize, &'r Row)| {
        let shape = PathPattern::of(&row.path);
        let is_shadowed = |first: &&Row| shape.shadows(PathPattern::of(&first.path)) && is_one_method(first, row);
        rows[..place].iter().find(is_shadowed).map(|first| (row, first))
    };
    rows.iter().enumerate().filter_map(again).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(method: Option<&str>, path: &str) -> Row {
        Row::new(path, method.map(str::to_owned), Declaration::protected("handler"))
    }

    fn is_given_twice(one: (Option<&str>, &str), other: (Option<&str>, &str)) -> bool {
        let rows = [row(one.0, one.1), row(other.0, other.1)];
        !given_twice(&rows).is_empty()
    }

    #[test]
    fn names_of_parameters_do_not_tell_requests_apart() {
        for (one, other, expected) in [
            ("/files/:id", "/files/:name", true),
            ("/files/:id", "/files/new", false),
            ("/m/a:b", "/m/a:c", true),
            ("/a/:x/b", "/a/:y/c", false),
            ("/r/*a", "/r/*b", true),
            ("/r/*", "/r/:a", false),
            (r"/n/:id<\d+>", r"/n/<\d+>", true),
            (r"/n/:id<\d+>", r"/n/:id<\w+>", false),
            ("/n/<open", "/n/<open", true),
        ] {
            assert_eq!(is_given_twice((Some("GET"), one), (Some("GET"), other)), expected, "{one} {other}");
        }
    }

    #[test]
    fn an_endpoint_for_every_method_takes_those_of_one() {
        for (one, other, expected) in [
            (Some("GET"), Some("POST"), false),
            (Some("GET"), None, true),
            (None, Some("POST"), true),
            (None, None, true),
        ] {
            assert_eq!(is_given_twice((one, "/a/*"), (other, "/a/*rest")), expected, "{one:?} {other:?}");
        }
    }

    #[test]
    fn a_row_asks_for_what_every_guard_around_it_asks_for() {
        use azure_auth_policy::Choice;

        static OUTER: Declaration = Declaration::protected("outer").scopes(&["A"]);
        static INNER: Declaration = Declaration::protected("inner").roles(Choice::Any(&["B"]));
        let requirement = |declaration: &Declaration| match declaration.access {
            Access::Protected(requirement) => requirement,
            Access::Public { .. } => unreachable!("declared above"),
        };
        let (outer, inner) = (requirement(&OUTER), requirement(&INNER));
        let own = Requirement::ANYONE;
        let open = || Row::new("/", None, Declaration::public("open").reason("why"));

        assert_eq!(open().access(), RowAccess::Public { reason: Some("why") });
        assert_eq!(open().behind(&INNER).access(), RowAccess::Protected(vec![inner]));
        assert_eq!(open().behind(&INNER).behind(&OUTER).access(), RowAccess::Protected(vec![outer, inner]));
        let guarded = row(None, "/").behind(&INNER).under("/a").behind(&OUTER);
        assert_eq!(guarded.access(), RowAccess::Protected(vec![outer, inner, own]));
    }
}
