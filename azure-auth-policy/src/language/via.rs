//! Kinds of credentials.

/// The kind of credential a handler insists on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Via {
    /// A browser's session.
    Session,
    /// An access token in the `Authorization` header.
    Bearer,
}

impl Via {
    /// As it is written in a declaration.
    ///
    /// ```
    /// assert_eq!(azure_auth_policy::Via::Bearer.word(), "bearer");
    /// ```
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Session => "session",
            Self::Bearer => "bearer",
        }
    }
}
