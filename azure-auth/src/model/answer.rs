//! What is known of a caller.

/// Whether something is true of a caller, as far as that is known.
///
/// It is not a `bool`, so that `!` cannot make a yes of what is unknown: whoever lets somebody in because of it asks
/// [`is_yes`](Self::is_yes), and whoever lets somebody in because it is not so asks [`is_no`](Self::is_no).
///
/// ```
/// use azure_auth::{Answer, Principal};
///
/// fn may_delete(principal: &Principal) -> bool {
///     principal.has_role("Admin").is_yes() && principal.has_role("Trainee").is_no()
/// }
///
/// assert!(!Answer::Unknown.is_yes() && !Answer::Unknown.is_no());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[must_use]
pub enum Answer {
    /// It is true.
    Yes,
    /// It is known not to be true.
    No,
    /// Neither is known: a fact about people, asked of an application; a group that no token names; roles that cannot be
    /// read.
    Unknown,
}

impl Answer {
    /// Whether it is known to be true.
    ///
    /// ```
    /// assert!(azure_auth::Answer::Yes.is_yes());
    /// assert!(!azure_auth::Answer::Unknown.is_yes());
    /// ```
    pub fn is_yes(self) -> bool {
        self == Self::Yes
    }

    /// Whether it is known not to be true. This is not the opposite of [`is_yes`](Self::is_yes).
    ///
    /// ```
    /// assert!(azure_auth::Answer::No.is_no());
    /// assert!(!azure_auth::Answer::Unknown.is_no());
    /// ```
    pub fn is_no(self) -> bool {
        self == Self::No
    }

    /// Whether neither is known.
    ///
    /// ```
    /// assert!(azure_auth::Answer::Unknown.is_unknown());
    /// ```
    pub fn is_unknown(self) -> bool {
        self == Self::Unknown
    }
}
