//! The keys that the attributes have, for whoever writes one of another.

/// Of `#[protect]`, `guard!` and `protect(…)`.
pub(super) const PROTECT: [&str; 8] =
    ["scopes", "roles", "groups", "application_roles", "tenants", "via", "allow", "check"];

/// The only one of `#[public]`, `open!` and `public(…)`.
pub(super) const REASON: &str = "reason";
