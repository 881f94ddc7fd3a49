//! A guard around any endpoint: a row of a table that is not a handler, a whole table, or a router.

use poem::{Endpoint, Middleware, Request, Result};

use super::declared::Check;
use super::guard::{self, Guards};
use crate::model::declaration::Declaration;

/// Says who may call everything inside of it; made by [`guard!`](crate::guard).
#[derive(Clone, Copy, Debug)]
pub struct Guard {
    declaration: &'static Declaration,
    check: Option<Check>,
}

/// An endpoint inside of a [`Guard`]: nothing of it runs for whoever is refused.
pub struct GuardedEndpoint<E> {
    guard: Guard,
    endpoint: E,
}

/// What `guard!(…)` expands to.
#[must_use]
pub const fn guard(declaration: &'static Declaration, check: Option<Check>) -> Guard {
    Guard { declaration, check }
}

impl<E> GuardedEndpoint<E> {
    pub(crate) fn endpoint(&self) -> &E {
        &self.endpoint
    }

    pub(crate) fn declaration(&self) -> &'static Declaration {
        self.guard.declaration
    }
}

impl<E: Endpoint> Middleware<E> for Guard {
    type Output = GuardedEndpoint<E>;

    fn transform(&self, endpoint: E) -> GuardedEndpoint<E> {
        GuardedEndpoint { guard: *self, endpoint }
    }
}

impl<E: Endpoint> Endpoint for GuardedEndpoint<E> {
    type Output = E::Output;

    async fn call(&self, request: Request) -> Result<E::Output> {
        let Guard { declaration, check } = self.guard;
        guard::admitted(&request, declaration, check, Guards::Endpoint).await?;
        self.endpoint.call(request).await
    }
}
