//! The grammar of a path in a table, as Poem reads it. Byte ranges, no spans.

use std::ops::Range;

/// A path of a table.
///
/// ```
/// use azure_auth_policy::PathPattern;
///
/// let files = PathPattern::parse("/files/:id").expect("as Poem reads it");
/// assert!(files.shadows(PathPattern::of("/files/:name")));
/// assert!(!files.is_plain());
/// assert_eq!(files.filled().as_deref(), Some("/files/1"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PathPattern<'t> {
    path: &'t str,
}

/// What is wrong with a path, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PathProblem {
    /// What it is.
    pub kind: PathProblemKind,
    /// Which part of the path.
    pub bytes: Range<usize>,
}

/// What is wrong with a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PathProblemKind {
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

/// What is between two slashes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Segment<'t> {
    /// This text.
    Text(&'t str),
    /// One segment, whatever it is.
    Open,
    /// Everything from here on.
    Rest,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Piece<'t> {
    Text(&'t str),
    /// `:name`, up to the next slash.
    Parameter(&'t str),
    /// `<expression>`.
    Expression(&'t str),
    /// `*name`, to the end.
    Rest(&'t str),
}

impl<'t> PathPattern<'t> {
    /// A path with everything that is wrong with it: routers answer it all the same, or say so themselves.
    #[must_use]
    pub const fn of(path: &'t str) -> Self {
        Self { path }
    }

    /// A path without mistakes; or the first of them.
    pub fn parse(path: &'t str) -> Result<Self, PathProblem> {
        let problem = |kind, bytes| Err(PathProblem { kind, bytes });
        if !path.starts_with('/') {
            return problem(PathProblemKind::Relative, 0..path.len());
        }
        let mut names: Vec<&str> = Vec::new();
        for (bytes, piece) in pieces(path) {
            let name = match piece {
                Piece::Text(text) => match text.find(['?', '#']) {
                    Some(place) => return problem(PathProblemKind::NotAPath, bytes.start + place..path.len()),
                    None => continue,
                },
                Piece::Parameter("") => return problem(PathProblemKind::NameMissing, bytes),
                Piece::Expression(_) if !path[bytes.clone()].ends_with('>') => {
                    return problem(PathProblemKind::ExpressionOpen, bytes);
                }
                Piece::Expression(_) | Piece::Rest("") => continue,
                Piece::Parameter(name) | Piece::Rest(name) => name,
            };
            if names.contains(&name) {
                return problem(PathProblemKind::NameTwice, bytes);
            }
            names.push(name);
        }
        Ok(Self { path })
    }

    /// Whether both take exactly the same paths, so that one of them never answers: names do not tell paths apart, an
    /// expression behind one does.
    #[must_use]
    pub fn shadows(self, other: PathPattern<'_>) -> bool {
        self.shape().eq(other.shape())
    }

    /// Whether it is one path and no pattern.
    #[must_use]
    pub fn is_plain(self) -> bool {
        self.shape().all(|piece| matches!(piece, Piece::Text(_)))
    }

    /// A path that fits. None where that takes knowledge of regular expressions.
    #[must_use]
    pub fn filled(self) -> Option<String> {
        self.shape().map(Piece::filling).collect()
    }

    /// What is between its slashes. What a segment may be is not looked at where the pattern leaves it open.
    pub fn segments(self) -> impl Iterator<Item = Segment<'t>> {
        self.path.split('/').filter(|segment| !segment.is_empty()).map(|segment| match segment.as_bytes()[0] {
            b'*' => Segment::Rest,
            b':' | b'<' => Segment::Open,
            _ => Segment::Text(segment),
        })
    }

    /// The pieces without names: the expression of a parameter decides what it takes.
    fn shape(self) -> impl Iterator<Item = Piece<'t>> {
        let mut pieces = pieces(self.path).map(|(_, piece)| piece).peekable();
        std::iter::from_fn(move || match pieces.next()? {
            Piece::Parameter(_) => {
                let expression = pieces.next_if(|piece| matches!(piece, Piece::Expression(_)));
                Some(expression.unwrap_or(Piece::Parameter("")))
            }
            Piece::Rest(_) => Some(Piece::Rest("")),
            piece => Some(piece),
        })
    }
}

impl<'t> Piece<'t> {
    /// The first piece of a path that is not empty, and its length.
    fn first(path: &'t str) -> (Self, usize) {
        let until = |signs: &[char]| path[1..].find(signs).map_or(path.len(), |place| place + 1);
        match path.as_bytes()[0] {
            b':' => {
                let end = until(&['/', '<', '*']);
                (Self::Parameter(&path[1..end]), end)
            }
            b'*' => (Self::Rest(&path[1..]), path.len()),
            b'<' => {
                let end = until(&['>']);
                (Self::Expression(&path[1..end]), path.len().min(end + 1))
            }
            _ => {
                let end = path.find([':', '*', '<']).unwrap_or(path.len());
                (Self::Text(&path[..end]), end)
            }
        }
    }

    fn filling(self) -> Option<&'t str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Parameter(_) => Some("1"),
            Self::Rest(_) => Some("rest"),
            Self::Expression(_) => None,
        }
    }
}

fn pieces(path: &str) -> impl Iterator<Item = (Range<usize>, Piece<'_>)> {
    let mut place = 0;
    std::iter::from_fn(move || {
        let rest = path.get(place..).filter(|rest| !rest.is_empty())?;
        let (piece, length) = Piece::first(rest);
        place += length;
        Some((place - length..place, piece))
    })
}

#[cfg(test)]
#[path = "path_pattern_tests.rs"]
mod tests;
