//! What every refusal has in common.

use std::fmt;

/// Who can mend what went wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fixer {
    Developer,
    TenantAdministrator,
    Visitor,
}

impl fmt::Display for Fixer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Developer => "the developers of this application",
            Self::TenantAdministrator => "the administrator of your organisation",
            Self::Visitor => "you",
        })
    }
}
