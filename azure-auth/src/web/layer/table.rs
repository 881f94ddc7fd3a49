//! How the rows of one [`endpoints!`](crate::endpoints) become a table.

use std::fmt;

use azure_auth_policy::PathPattern;
use poem::http::Method;
use poem::middleware::Middleware;
use poem::{IntoEndpoint, Result, Route};

use super::endpoints::{Endpoints, Listing};
use super::recognition::recognize;
use crate::model::policies::declaration::Declaration;
use crate::model::policies::row::Row;
use crate::web::handler::place::Place;
use crate::web::handler::router_guard::{self, Guard};

/// What `nest(…)` takes in a row.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a table of endpoints",
    label = "expected `azure_auth::Endpoints`",
    note = "`azure_auth::endpoints!` makes one, in which every handler says who may call it",
    note = "an endpoint that is not a handler is a row of its own: `protect(endpoint, roles = \"…\")`, or `public(endpoint, reason = \"…\")`"
)]
pub trait Nested {
    /// As a table.
    fn into_endpoints(self) -> Endpoints;
}

impl Nested for Endpoints {
    fn into_endpoints(self) -> Endpoints {
        self
    }
}

/// What is written in `public(…)`, on its way into the table: what says itself who may call it has a method of its own, which
/// goes before that of every other endpoint.
pub struct PublicEndpoint<E>(pub E);

/// For every endpoint that the compiler knows nothing of.
pub trait AnyPublicEndpoint {
    /// What stood there.
    type Endpoint;

    /// As it is.
    fn open(self) -> Self::Endpoint;
}

impl<E> AnyPublicEndpoint for PublicEndpoint<E> {
    type Endpoint = E;

    fn open(self) -> E {
        self.0
    }
}

/// Never implemented: what asks for it may not be a row `public(…)`.
#[diagnostic::on_unimplemented(
    message = "the table in `public(…)` already says who may call it, and is not open to everyone",
    label = "its rows have declarations of their own",
    note = "write `nest(…)` in place of `public(…)`, so that the report, the lock and the denial matrix are right"
)]
pub trait OpenOnPurpose {}

impl PublicEndpoint<Endpoints> {
    /// A table is nested. Without the lifetime the bound would be judged here, and not where it is called.
    #[must_use]
    pub fn open<'a>(self) -> Endpoints
    where
        &'a Endpoints: OpenOnPurpose,
    {
        self.0
    }
}

/// Collects the rows of one [`endpoints!`](crate::endpoints) table.
pub struct Table {
    route: Route,
    listing: Listing,
    /// Handlers of the row that is being written.
    handlers: Vec<(String, Declaration)>,
    /// What `.method(…)` was given last.
    method: String,
}

impl Table {
    /// A table without rows. `package`: whose code it is in.
    #[must_use]
    pub fn new(package: Option<&'static str>) -> Self {
        Self { route: Route::new(), listing: Listing::of(package), handlers: Vec::new(), method: String::new() }
    }

    /// Where a handler notes what it declares.
    pub fn at(&mut self, method: &str) -> Place<'_> {
        Place::new(method.to_owned(), &mut self.handlers)
    }

    /// The same, behind `.method(…)`.
    pub fn at_method(&mut self) -> Place<'_> {
        Place::new(std::mem::take(&mut self.method), &mut self.handlers)
    }

    /// Notes the method that comes with the next handler.
    pub fn method(&mut self, method: Method) -> Method {
        method.as_str().clone_into(&mut self.method);
        method
    }

    /// One row: a path and the methods it answers.
    pub fn row<E>(&mut self, path: &'static str, endpoint: E)
    where
        E: IntoEndpoint,
        E::Endpoint: 'static,
    {
        let rows = std::mem::take(&mut self.handlers).into_iter();
        self.listing.rows.extend(rows.map(|(method, declaration)| Row::new(path, Some(method), declaration)));
        self.mount(path, |route| route.try_at(path, endpoint));
    }

    /// One row: another table under a path of its own.
    pub fn nest(&mut self, path: &'static str, endpoints: Endpoints) {
        self.listing.rows.extend(endpoints.rows().iter().map(|row| row.under(path)));
        self.listing.problems.extend(endpoints.listing.problems.iter().cloned());
        let pages = endpoints.listing.swagger_pages.iter();
        self.listing.swagger_pages.extend(pages.map(|page| format!("{}{page}", path.trim_end_matches('/'))));
        self.mount(path, |route| route.try_nest(path, endpoints));
    }

    /// One row: an endpoint that is not a handler, open on purpose, at the path and everything below it.
    #[track_caller]
    pub fn public<E>(&mut self, path: &'static str, endpoint: E, reason: &'static str)
    where
        E: IntoEndpoint,
        E::Endpoint: 'static,
    {
        #[cfg(feature = "openapi")]
        self.note_swagger_ui::<E::Endpoint>(path);
        let endpoint = router_guard::opened(endpoint.into_endpoint());
        self.any(path, endpoint, Declaration::public(path).reason(reason));
    }

    /// One row: an endpoint that is not a handler, for whom the guard admits, at the path and everything below it. A whole
    /// table shows its rows, each of them inside of the guard.
    pub fn protect<E>(&mut self, path: &'static str, endpoint: E, guard: Guard)
    where
        E: IntoEndpoint,
        E::Endpoint: 'static,
    {
        #[cfg(feature = "openapi")]
        self.note_swagger_ui::<E::Endpoint>(path);
        match recognize(endpoint.into_endpoint(), |table: Endpoints| table) {
            // Poem panics, and as one endpoint the table would hide its rows.
            Ok(_) if !PathPattern::of(path).is_plain() => {
                let problem = "a table is at a path without parameters; they belong into that table";
                self.listing.problems.push(format!("the path {path:?} cannot be served: {problem}"));
            }
            Ok(table) => self.nest(path, table.with(guard)),
            Err(endpoint) => {
                let guarded = guard.transform(endpoint);
                let declaration = *guarded.declaration();
                self.any(path, guarded, declaration);
            }
        }
    }

    /// An endpoint for every method, at the path and everything below it.
    fn any<E>(&mut self, path: &'static str, endpoint: E, declaration: Declaration)
    where
        E: IntoEndpoint,
        E::Endpoint: 'static,
    {
        // A pattern says itself what it takes, and Poem nests at plain paths only.
        let is_pattern = !PathPattern::of(path).is_plain();
        let taken = if is_pattern { path.to_owned() } else { format!("{}/*", path.trim_end_matches('/')) };
        self.listing.rows.push(Row::new(taken, None, declaration));
        self.mount(
            path,
            |route| if is_pattern { route.try_at(path, endpoint) } else { route.try_nest(path, endpoint) },
        );
    }

    /// The provider sends browsers back to an address below the page.
    #[cfg(feature = "openapi")]
    fn note_swagger_ui<E: 'static>(&mut self, path: &str) {
        if super::openapi::is_swagger_ui::<E>() && PathPattern::of(path).is_plain() {
            self.listing.swagger_pages.push(path.to_owned());
        }
    }

    /// The finished table.
    #[must_use]
    pub fn finish(self) -> Endpoints {
        Endpoints::new(self.route, self.listing)
    }

    /// The macro sees to it that paths do not clash; what it cannot see is reported when the table is mounted.
    fn mount<E: fmt::Display>(&mut self, path: &'static str, mount: impl FnOnce(Route) -> Result<Route, E>) {
        self.listing.paths.push(path);
        match mount(std::mem::take(&mut self.route)) {
            Ok(route) => self.route = route,
            Err(error) => self.listing.problems.push(format!("the path {path:?} cannot be served: {error}")),
        }
    }
}
