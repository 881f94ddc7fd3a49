//! The place of a handler in a table.

use crate::model::policies::declaration::Declaration;

/// Its method, and the row that is being written.
pub struct Place<'t> {
    method: String,
    handlers: &'t mut Vec<(String, Declaration)>,
}

impl<'t> Place<'t> {
    pub(crate) fn new(method: String, handlers: &'t mut Vec<(String, Declaration)>) -> Self {
        Self { method, handlers }
    }

    pub(crate) fn note(self, declaration: Declaration) {
        self.handlers.push((self.method, declaration));
    }
}
