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
