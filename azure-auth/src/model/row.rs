//! A row of a table as it is read: who may do what, and where.

use super::declaration::Declaration;

/// One method of one path.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    /// The whole path, as a pattern.
    pub(crate) path: String,
    /// None: an endpoint that is no handler, and answers every method.
    pub(crate) method: Option<String>,
    pub(crate) declaration: Declaration,
}

impl Row {
    /// The same row of a table that is nested at `path`.
    pub(crate) fn under(&self, path: &str) -> Self {
        Self { path: format!("{}{}", path.trim_end_matches('/'), self.path), ..self.clone() }
    }

    pub(crate) fn method(&self) -> &str {
        self.method.as_deref().unwrap_or("ANY")
    }
}

/// The rows that take requests which an earlier one takes, with that one: of the two only one would answer.
pub(crate) fn given_twice(rows: &[Row]) -> Vec<(&Row, &Row)> {
    let shapes: Vec<String> = rows.iter().map(|row| without_names(&row.path)).collect();
    let is_one_method = |one: &Row, other: &Row| match (&one.method, &other.method) {
        (Some(one), Some(other)) => one == other,
        _ => true,
    };
    let again = |(place, row): (usize, _)| {
        let mut before = rows[..place].iter().zip(&shapes);
        let (first, _) = before.find(|(first, shape)| **shape == shapes[place] && is_one_method(first, row))?;
        Some((row, first))
    };
    rows.iter().enumerate().filter_map(again).collect()
}

/// A pattern without what its parameters are called: names do not tell paths apart, an expression behind one does.
fn without_names(pattern: &str) -> String {
    let mut shape = String::new();
    let mut rest = pattern;
    while let Some(place) = rest.find([':', '*', '<']) {
        let (text, parameter) = rest.split_at(place);
        shape.push_str(text);
        if parameter.starts_with('*') {
            return shape + "*";
        }
        if let Some(expression) = parameter.strip_prefix('<') {
            let (expression, after) = expression.split_once('>').unwrap_or((expression, ""));
            shape = shape + "<" + expression + ">";
            rest = after;
            continue;
        }
        rest = &parameter[parameter.find(['/', '<', '*']).unwrap_or(parameter.len())..];
        if !rest.starts_with('<') {
            shape.push(':');
        }
    }
    shape + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(method: Option<&str>, path: &str) -> Row {
        Row { path: path.to_owned(), method: method.map(str::to_owned), declaration: Declaration::protected("handler") }
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
}
