//! What a handler says about who may call it, as constant data.

/// A handler that says who may call it, by `#[protect]` or `#[public]`.
///
/// Never implemented by hand: the attributes write the implementation next to the handler.
#[diagnostic::on_unimplemented(
    message = "handler `{Self}` does not say who may call it",
    label = "not declared",
    note = "write `#[azure_auth::protect]` above its `#[handler]` for signed-in callers, or `#[azure_auth::public]` to leave it open on purpose"
)]
pub trait Declared {
    /// The declaration as written on the handler.
    const DECLARATION: Declaration;
}

/// One handler's declaration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Declaration {
    pub(crate) handler: &'static str,
    pub(crate) access: Access,
}

/// Who may call a handler at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// Anyone, on purpose.
    Public { reason: Option<&'static str> },
    /// A principal who meets the requirement.
    Protected(Requirement),
}

/// What a protected handler asks of its callers. Every part must hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Requirement {
    pub(crate) scopes: &'static [&'static str],
    pub(crate) tenants: &'static [&'static str],
    pub(crate) via: Option<Via>,
}

/// The kind of credential a handler insists on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Via {
    /// A browser's session.
    Session,
    /// An access token in the `Authorization` header.
    Bearer,
}

impl Declaration {
    /// A handler for any signed-in user or delegated caller of an accepted tenant.
    #[must_use]
    pub const fn protected(handler: &'static str) -> Self {
        let requirement = Requirement { scopes: &[], tenants: &[], via: None };
        Self { handler, access: Access::Protected(requirement) }
    }

    /// A handler that is open on purpose.
    #[must_use]
    pub const fn public(handler: &'static str) -> Self {
        Self { handler, access: Access::Public { reason: None } }
    }

    /// Why the handler is open, for the report.
    #[must_use]
    pub const fn reason(self, reason: &'static str) -> Self {
        Self { access: Access::Public { reason: Some(reason) }, ..self }
    }

    /// OAuth scopes, all of them, as they stand in the token's `scp`.
    #[must_use]
    pub const fn scopes(self, scopes: &'static [&'static str]) -> Self {
        self.narrowed(Requirement { scopes, ..self.requirement() })
    }

    /// Tenant ids, lower case, any of which is accepted.
    #[must_use]
    pub const fn tenants(self, tenants: &'static [&'static str]) -> Self {
        self.narrowed(Requirement { tenants, ..self.requirement() })
    }

    /// The only kind of credential that is accepted.
    #[must_use]
    pub const fn via(self, via: Via) -> Self {
        self.narrowed(Requirement { via: Some(via), ..self.requirement() })
    }

    const fn narrowed(self, requirement: Requirement) -> Self {
        Self { access: Access::Protected(requirement), ..self }
    }

    const fn requirement(&self) -> Requirement {
        match self.access {
            Access::Protected(requirement) => requirement,
            Access::Public { .. } => Requirement { scopes: &[], tenants: &[], via: None },
        }
    }
}
