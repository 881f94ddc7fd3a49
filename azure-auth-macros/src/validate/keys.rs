//! The keys of the attributes, so that a key of the other attribute is recognised.

/// The keys of `#[protect]`, `guard!` and `protect(…)`.
pub(super) const PROTECT: [&str; 8] =
    ["scopes", "roles", "groups", "application_roles", "tenants", "via", "allow", "check"];

/// The only key of `#[public]`, `open!` and `public(…)`.
pub(super) const REASON: &str = "reason";
