//! The grammar of a path in the table, as Poem reads it. Byte ranges, no spans.

use std::ops::Range;

/// A path taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PathPattern<'t> {
    pieces: Vec<Piece<'t>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Piece<'t> {
    Text(&'t str),
    /// `:name`, up to the next slash.
    Parameter(&'t str),
    /// `<expression>`, with or without a name.
    Expression(&'t str),
    /// `*name`, to the end.
    Rest,
}

/// What is wrong with a path, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PathProblem {
    pub(crate) kind: PathProblemKind,
    pub(crate) bytes: Range<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PathProblemKind {
    /// It does not begin with a slash.
    Relative,
    /// A parameter without a name.
    NameMissing,
    /// An expression without its `>`.
    ExpressionOpen,
    /// One parameter name twice.
    NameTwice,
    /// A query or a fragment, which no path has.
    NotAPath,
}

impl<'t> PathPattern<'t> {
    pub(crate) fn parse(path: &'t str) -> Result<Self, PathProblem> {
        let problem = |kind, bytes| Err(PathProblem { kind, bytes });
        if !path.starts_with('/') {
            return problem(PathProblemKind::Relative, 0..path.len());
        }
        let mut pieces = Vec::new();
        let mut names: Vec<&str> = Vec::new();
        let mut place = 0;
        while place < path.len() {
            let rest = &path[place..];
            let (piece, name, length) = match rest.as_bytes()[0] {
                b':' => match name(&rest[1..]) {
                    "" => return problem(PathProblemKind::NameMissing, place..place + 1),
                    name => (Piece::Parameter(name), Some(name), 1 + name.len()),
                },
                b'*' => (Piece::Rest, Some(&rest[1..]).filter(|name| !name.is_empty()), rest.len()),
                b'<' => match rest.find('>') {
                    Some(end) => (Piece::Expression(&rest[1..end]), None, end + 1),
                    None => return problem(PathProblemKind::ExpressionOpen, place..path.len()),
                },
                b'?' | b'#' => return problem(PathProblemKind::NotAPath, place..path.len()),
                _ => {
                    let end = rest.find([':', '*', '<', '?', '#']).unwrap_or(rest.len());
                    (Piece::Text(&rest[..end]), None, end)
                }
            };
            if let Some(name) = name {
                if names.contains(&name) {
                    return problem(PathProblemKind::NameTwice, place..place + length);
                }
                names.push(name);
            }
            // The expression of a parameter decides what it takes; its name does not.
            if let (Piece::Expression(_), Some(Piece::Parameter(_))) = (piece, pieces.last()) {
                pieces.pop();
            }
            pieces.push(piece);
            place += length;
        }
        Ok(Self { pieces })
    }

    /// Whether both take exactly the same paths, so that one of them never answers.
    pub(crate) fn shadows(&self, other: &Self) -> bool {
        self.pieces.len() == other.pieces.len()
            && self.pieces.iter().zip(&other.pieces).all(|pair| match pair {
                (Piece::Parameter(_), Piece::Parameter(_)) | (Piece::Rest, Piece::Rest) => true,
                (one, other) => one == other,
            })
    }

    /// Whether it is one path and no pattern.
    pub(crate) fn is_plain(&self) -> bool {
        self.pieces.iter().all(|piece| matches!(piece, Piece::Text(_)))
    }
}

fn name(rest: &str) -> &str {
    &rest[..rest.find(['/', '<', '*']).unwrap_or(rest.len())]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shadow(one: &str, other: &str) -> bool {
        PathPattern::parse(one).unwrap().shadows(&PathPattern::parse(other).unwrap())
    }

    #[test]
    fn paths_that_differ_in_names_only_shadow_each_other() {
        for (one, other) in [
            ("/", "/"),
            ("/files/:id", "/files/:name"),
            ("/a/:x/b/:y", "/a/:y/b/:x"),
            ("/a/*rest", "/a/*"),
            (r"/a/:id<\d+>", r"/a/<\d+>"),
        ] {
            assert!(shadow(one, other), "{one} {other}");
        }
        for (one, other) in [
            ("/files/:id", "/files/new"),
            ("/files/:id", "/files/*rest"),
            (r"/a/:id<\d+>", "/a/:id"),
            (r"/a/:id<\d+>", r"/a/:id<\w+>"),
            ("/a", "/a/"),
        ] {
            assert!(!shadow(one, other), "{one} {other}");
        }
    }

    #[test]
    fn each_mistake_is_found_at_its_place() {
        use PathProblemKind::{ExpressionOpen, NameMissing, NameTwice, NotAPath, Relative};
        for (path, kind, bytes) in [
            ("", Relative, 0..0),
            ("files", Relative, 0..5),
            ("/a/:", NameMissing, 3..4),
            ("/a/:/b", NameMissing, 3..4),
            (r"/a/<\d+", ExpressionOpen, 3..7),
            ("/a/:id/:id", NameTwice, 7..10),
            ("/a/:id/*id", NameTwice, 7..10),
            ("/a?b=1", NotAPath, 2..6),
            ("/a#b", NotAPath, 2..4),
        ] {
            assert_eq!(PathPattern::parse(path), Err(PathProblem { kind, bytes }), "{path}");
        }
    }

    #[test]
    fn a_plain_path_has_no_pattern() {
        assert!(PathPattern::parse("/a/b").unwrap().is_plain());
        for pattern in ["/:a", "/*", "/<a>"] {
            assert!(!PathPattern::parse(pattern).unwrap().is_plain(), "{pattern}");
        }
    }
}
