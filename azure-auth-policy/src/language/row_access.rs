//! Who may call a row of a table.

use crate::language::requirement::Requirement;

/// Who may call a row of a table, with the guards around it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RowAccess<'r> {
    /// Anyone, on purpose.
    Public {
        /// Why, for the report.
        reason: Option<&'r str>,
    },
    /// Who meets each of them; there is at least one. The outermost comes first.
    Protected(Vec<Requirement<'r>>),
}

impl<'r> RowAccess<'r> {
    /// What is asked of callers; nothing where the row is open.
    #[must_use]
    pub fn requirements(&self) -> &[Requirement<'r>] {
        match self {
            Self::Public { .. } => &[],
            Self::Protected(requirements) => requirements,
        }
    }
}
