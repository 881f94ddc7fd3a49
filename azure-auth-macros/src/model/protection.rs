//! What `#[protect]` asks of callers.

/// Every part must hold. Empty lists ask nothing.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Protection {
    pub(crate) scopes: Vec<String>,
    /// Lower case.
    pub(crate) tenants: Vec<String>,
    pub(crate) via: Via,
}

/// The kind of credential that is accepted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Via {
    #[default]
    Both,
    Session,
    Bearer,
}
