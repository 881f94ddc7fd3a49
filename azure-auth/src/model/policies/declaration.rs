//! What a handler says about who may call it, as constant data.

use std::panic::Location;

use azure_auth_policy::{Choice, Fault, Guid, Policy, Requirement, Via};

use crate::model::downstream::need::Need;

/// One handler's declaration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Declaration {
    pub(crate) handler: &'static str,
    /// Where it is written.
    pub(crate) location: &'static Location<'static>,
    pub(crate) access: Access,
    /// Of other APIs, one entry for each word of the declaration and each argument. Empty: nothing is needed.
    pub(crate) needs: &'static [Need],
}

/// Who may call a handler at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// Anyone, on purpose.
    Public { reason: Option<&'static str> },
    /// A principal who meets the requirement.
    Protected(Requirement<'static>),
}

impl Declaration {
    /// A handler for any signed-in user or delegated caller of an accepted tenant.
    #[must_use]
    #[track_caller]
    pub const fn protected(handler: &'static str) -> Self {
        Self { handler, location: Location::caller(), access: Access::Protected(Requirement::ANYONE), needs: &[] }
    }

    /// A handler that is open on purpose.
    #[must_use]
    #[track_caller]
    pub const fn public(handler: &'static str) -> Self {
        Self { handler, location: Location::caller(), access: Access::Public { reason: None }, needs: &[] }
    }

    /// Why the handler is open, for the report.
    #[must_use]
    pub const fn reason(self, reason: &'static str) -> Self {
        Self { access: Access::Public { reason: Some(reason) }, ..self }
    }

    /// Scopes of OpenID Connect, for the sign-in request.
    #[must_use]
    pub const fn openid_scopes(self, openid_scopes: &'static [&'static str]) -> Self {
        self.narrowed(Requirement { openid_scopes, ..self.requirement() })
    }

    /// Delegated permissions, all of them, as they are written in the token's `scp`.
    #[must_use]
    pub const fn scopes(self, scopes: &'static [&'static str]) -> Self {
        self.narrowed(Requirement { scopes, ..self.requirement() })
    }

    /// App roles of a person.
    #[must_use]
    pub const fn roles(self, roles: Choice<'static, &'static str>) -> Self {
        self.narrowed(Requirement { roles: Some(roles), ..self.requirement() })
    }

    /// Groups of a person.
    #[must_use]
    pub const fn groups(self, groups: Choice<'static, Guid>) -> Self {
        self.narrowed(Requirement { groups: Some(groups), ..self.requirement() })
    }

    /// App roles of an application without a user.
    #[must_use]
    pub const fn application_roles(self, application_roles: Choice<'static, &'static str>) -> Self {
        self.narrowed(Requirement { application_roles: Some(application_roles), ..self.requirement() })
    }

    /// Tenants, any of which is accepted.
    #[must_use]
    pub const fn tenants(self, tenants: &'static [Guid]) -> Self {
        self.narrowed(Requirement { tenants, ..self.requirement() })
    }

    /// The only kind of credential that is accepted.
    #[must_use]
    pub const fn via(self, via: Via) -> Self {
        self.narrowed(Requirement { via: Some(via), ..self.requirement() })
    }

    /// A policy that must hold beside everything else.
    #[must_use]
    pub const fn allow(self, policy: &'static Policy<'static>) -> Self {
        self.narrowed(Requirement { allow: Some(policy), ..self.requirement() })
    }

    /// The function that is asked last, by its name.
    #[must_use]
    pub const fn check(self, function: &'static str) -> Self {
        self.narrowed(Requirement { check: Some(function), ..self.requirement() })
    }

    /// What the handler needs of other APIs. Most need nothing, and are asked nothing further at any request.
    #[must_use]
    pub const fn downstream(self, needs: &'static [Need]) -> Self {
        let mut place = 0;
        while place < needs.len() {
            if !matches!(needs[place], Need::Nothing) {
                return Self { needs, ..self };
            }
            place += 1;
        }
        Self { needs: &[], ..self }
    }

    /// Whether `fact` is true of everyone who is admitted.
    #[must_use]
    pub const fn implies(&self, fact: &Policy<'_>) -> bool {
        self.requirement().implies(fact)
    }

    /// What is wrong with its policy.
    pub(crate) const fn fault(&self) -> Option<Fault> {
        self.requirement().fault()
    }

    const fn narrowed(self, requirement: Requirement<'static>) -> Self {
        Self { access: Access::Protected(requirement), ..self }
    }

    const fn requirement(&self) -> Requirement<'static> {
        match self.access {
            Access::Protected(requirement) => requirement,
            Access::Public { .. } => Requirement::ANYONE,
        }
    }
}
