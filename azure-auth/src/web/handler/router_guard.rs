//! A guard around any endpoint: a row of a table that is not a handler, a whole table, or a router.

use poem::{Endpoint, Middleware, Request, Result};

use super::declared::Check;
use super::guard::{self, Guards};
use crate::model::policies::declaration::Declaration;

/// Says who may call everything inside of it; made by [`guard!`](crate::guard).
///
/// ```
/// use azure_auth::Guard;
///
/// static AUDITORS: Guard = azure_auth::guard!(roles = "Auditor");
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Guard {
    declaration: &'static Declaration,
    check: Option<Check>,
}

/// An endpoint inside of a [`Guard`]: nothing of it runs for whoever is refused.
///
/// ```
/// use azure_auth::GuardedEndpoint;
/// use poem::{EndpointExt, Route};
///
/// fn reports(routes: Route) -> GuardedEndpoint<Route> {
///     routes.with(azure_auth::guard!(roles = "Auditor"))
/// }
/// ```
pub struct GuardedEndpoint<E> {
    guard: Guard,
    endpoint: E,
}

/// What `guard!(…)` expands to.
#[must_use]
pub const fn guard(declaration: &'static Declaration, check: Option<Check>) -> Guard {
    Guard { declaration, check }
}

impl Guard {
    pub(crate) fn declaration(self) -> &'static Declaration {
        self.declaration
    }

    /// Whether a function is asked last, about the request.
    pub(crate) fn has_check(self) -> bool {
        self.check.is_some()
    }
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

    async fn call(&self, mut request: Request) -> Result<E::Output> {
        let Guard { declaration, check } = self.guard;
        let loaded = guard::admitted(&request, declaration, check, Guards::Endpoint).await?;
        loaded.hand_on(&mut request);
        self.endpoint.call(request).await
    }
}

/// Says that everything inside of it is open to anyone, on purpose; made by [`open!`](crate::open).
///
/// ```
/// use azure_auth::Open;
///
/// static ASSETS: Open = azure_auth::open!(reason = "assets");
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Open {
    /// For whoever reads the program, and its `Debug`.
    #[expect(dead_code, reason = "a router has no report that could say it")]
    reason: &'static str,
}

/// An endpoint inside of an [`Open`].
///
/// ```
/// use azure_auth::OpenedEndpoint;
/// use poem::{EndpointExt, Route};
///
/// fn assets(routes: Route) -> OpenedEndpoint<Route> {
///     routes.with(azure_auth::open!(reason = "assets"))
/// }
/// ```
pub struct OpenedEndpoint<E> {
    endpoint: E,
}

/// What `open!(…)` expands to.
#[must_use]
pub const fn open(reason: &'static str) -> Open {
    Open { reason }
}

/// The same around an operation of an API.
pub const fn opened<E>(endpoint: E) -> OpenedEndpoint<E> {
    OpenedEndpoint { endpoint }
}

impl<E: Endpoint> Middleware<E> for Open {
    type Output = OpenedEndpoint<E>;

    fn transform(&self, endpoint: E) -> OpenedEndpoint<E> {
        opened(endpoint)
    }
}

impl<E: Endpoint> Endpoint for OpenedEndpoint<E> {
    type Output = E::Output;

    async fn call(&self, request: Request) -> Result<E::Output> {
        guard::note_declared(&request);
        self.endpoint.call(request).await
    }
}
