//! The table of an application: paths, endpoints and what each handler declares.

use std::any::Any;
use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use poem::endpoint::{BoxEndpoint, EndpointExt};
use poem::http::Method;
use poem::middleware::{AddData, Middleware};
use poem::{Endpoint, IntoEndpoint, IntoResponse, Request, Response, Result, Route};

use super::application::TableFacts;
use super::place::Place;
use super::protected::Protected;
use super::router_guard::{self, Guard, GuardedEndpoint};
use crate::model::declaration::Declaration;
use crate::model::groups::GroupsInQuestion;
use crate::model::guid::Guid;
use crate::model::requirement::Requirement;
use crate::model::row::{Row, RowAccess, given_twice};
use crate::model::tenants::AcceptedTenants;
use crate::rules::report::Report;

/// A whole router whose every handler says who may call it; made by [`endpoints!`](crate::endpoints).
///
/// ```
/// use azure_auth::{AzureAuth, Endpoints};
/// use poem::middleware::CatchPanic;
/// use poem::{get, handler, web::Data};
///
/// #[azure_auth::protect]
/// #[handler]
/// fn list(limit: Data<&usize>) -> String {
///     format!("at most {} files", limit.0)
/// }
///
/// /// A part of an application, in a module of its own.
/// fn files() -> Endpoints {
///     azure_auth::endpoints! { "/" => get(list) }
/// }
///
/// /// The whole of it.
/// fn app(auth: AzureAuth) -> Endpoints {
///     azure_auth::endpoints! { "/files" => nest(files()) }.data(50_usize).with(CatchPanic::new()).with(auth)
/// }
/// ```
///
/// The methods that Poem gives to endpoints, such as `.with(…)`, `.after(…)` and `.catch_all_error(…)`, keep it one, so that
/// [`AzureAuth`](crate::AzureAuth), the outermost layer, still sees what the table declares: the scopes and groups to ask
/// for at sign-in, and paths that would clash. `.boxed()` makes another type of it: then nothing is asked for, and a group
/// that a handler names is unknown, which refuses.
pub struct Endpoints {
    endpoint: Inner,
    listing: Listing,
}

/// What a table says of itself, whatever stands around it.
#[derive(Clone, Default)]
struct Listing {
    rows: Vec<Row>,
    paths: Vec<&'static str>,
    problems: Vec<String>,
    /// Known inside [`AzureAuth`](crate::AzureAuth).
    tenants: Option<AcceptedTenants>,
}

impl Listing {
    /// What a middleware made of a table, where that is a table still, or a guard around one.
    fn of(made: &dyn Any) -> Option<Self> {
        if let Some(table) = made.downcast_ref::<Endpoints>() {
            return Some(table.listing.clone());
        }
        let guarded = made.downcast_ref::<GuardedEndpoint<Endpoints>>()?;
        let mut listing = guarded.endpoint().listing.clone();
        listing.rows = listing.rows.into_iter().map(|row| row.behind(guarded.declaration())).collect();
        Some(listing)
    }
}

/// What is called at every request goes without a box around it.
enum Inner {
    Open(Rows),
    Closed(Protected<Rows>),
}

/// The rows of a table, as they are or inside of middleware.
#[expect(clippy::large_enum_variant, reason = "there is one of it in a program")]
enum Rows {
    Table(Route),
    Wrapped(BoxEndpoint<'static>),
}

impl Endpoint for Rows {
    type Output = Response;

    async fn call(&self, request: Request) -> Result<Response> {
        match self {
            Self::Table(route) => route.call(request).await,
            Self::Wrapped(endpoint) => endpoint.call(request).await,
        }
    }
}

impl Inner {
    fn wrapped<E>(endpoint: E) -> Self
    where
        E: Endpoint + 'static,
        E::Output: IntoResponse,
    {
        Self::Open(Rows::Wrapped(endpoint.map_to_response().boxed()))
    }

    /// What a middleware made of the table. Inside `AzureAuth` the rows stay what they were.
    fn of<E>(endpoint: E) -> Self
    where
        E: Endpoint + 'static,
        E::Output: IntoResponse,
    {
        let mut endpoint = Some(endpoint);
        let protected = (&mut endpoint as &mut dyn Any).downcast_mut::<Option<Protected<Endpoints>>>();
        match (protected.and_then(Option::take), endpoint) {
            (Some(Protected { mounted, is_served, endpoint: Endpoints { endpoint: Self::Open(rows), .. } }), _) => {
                Self::Closed(Protected { mounted, is_served, endpoint: rows })
            }
            (Some(twice), _) => Self::wrapped(twice),
            (None, Some(other)) => Self::wrapped(other),
            // What was taken is what was found.
            (None, None) => Self::Open(Rows::Table(Route::new())),
        }
    }
}

impl Endpoints {
    /// A table that something else than a table made.
    #[cfg(feature = "openapi")]
    pub(crate) fn of<E>(endpoint: E, rows: Vec<Row>, problems: Vec<String>) -> Self
    where
        E: Endpoint + 'static,
        E::Output: IntoResponse,
    {
        Self { endpoint: Inner::wrapped(endpoint), listing: Listing { rows, problems, ..Listing::default() } }
    }

    /// Wraps the table in a middleware. [`AzureAuth`](crate::AzureAuth) goes last.
    ///
    /// A [`guard!`](crate::guard) that is given here stands in front of every row, and is part of what the table declares.
    #[must_use]
    pub fn with<M>(self, middleware: M) -> Self
    where
        M: Middleware<Self>,
        M::Output: 'static,
        <M::Output as Endpoint>::Output: IntoResponse,
    {
        let listing = self.listing.clone();
        let made = middleware.transform(self);
        let mut listing = Listing::of(&made).unwrap_or(listing);
        let endpoint = Inner::of(made);
        if let Inner::Closed(protected) = &endpoint {
            listing.tenants = Some(protected.mounted.application.configuration.tenants.clone());
        }
        Self { endpoint, listing }
    }

    /// The same, if it is wanted.
    #[must_use]
    pub fn with_if<M>(self, is_wanted: bool, middleware: M) -> Self
    where
        M: Middleware<Self>,
        M::Output: 'static,
        <M::Output as Endpoint>::Output: IntoResponse,
    {
        if is_wanted { self.with(middleware) } else { self }
    }

    /// Shares a value with every handler, if there is one.
    #[must_use]
    pub fn data_opt<T: Clone + Send + Sync + 'static>(self, value: Option<T>) -> Self {
        match value {
            Some(value) => self.data(value),
            None => self,
        }
    }

    /// Shares a value with every handler, for [`Data`](poem::web::Data).
    #[must_use]
    pub fn data<T: Clone + Send + Sync + 'static>(self, value: T) -> Self {
        self.with(AddData::new(value))
    }

    /// Turns errors of one type into answers. It stands inside `AzureAuth`.
    #[must_use]
    pub fn catch_error<F, Fut, R, E>(self, handle: F) -> Self
    where
        F: Fn(E) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = R> + Send + 'static,
        R: IntoResponse + Send + Sync + 'static,
        E: std::error::Error + Send + Sync + 'static,
    {
        self.wrapped(|table| EndpointExt::catch_error(table, handle))
    }

    /// Turns every error into an answer. It stands inside `AzureAuth`; a [`Refused`](crate::Refused) that it answers in its
    /// own way sends nobody to sign in.
    #[must_use]
    pub fn catch_all_error<F, Fut, R>(self, handle: F) -> Self
    where
        F: Fn(poem::Error) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = R> + Send + 'static,
        R: IntoResponse + Send + Sync + 'static,
    {
        self.wrapped(|table| EndpointExt::catch_all_error(table, handle))
    }

    /// Looks at errors of one type as they pass.
    #[must_use]
    pub fn inspect_err<F, E>(self, look: F) -> Self
    where
        F: Fn(&E) + Send + Sync + 'static,
        E: std::error::Error + Send + Sync + 'static,
    {
        self.wrapped(|table| EndpointExt::inspect_err(table, look))
    }

    /// Looks at every error as it passes.
    #[must_use]
    pub fn inspect_all_err<F>(self, look: F) -> Self
    where
        F: Fn(&poem::Error) + Send + Sync + 'static,
    {
        self.wrapped(|table| EndpointExt::inspect_all_err(table, look))
    }

    /// Does something with every request before it is routed. What it changes is what the guard judges.
    #[must_use]
    pub fn before<F, Fut>(self, change: F) -> Self
    where
        F: Fn(Request) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<Request>> + Send + 'static,
    {
        self.wrapped(|table| EndpointExt::before(table, change))
    }

    /// Does something with every outcome. Inside of `AzureAuth` a refusal is an `Err` with a [`Refused`](crate::Refused).
    #[must_use]
    pub fn after<F, Fut, T>(self, change: F) -> Self
    where
        F: Fn(Result<Response>) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<T>> + Send + 'static,
        T: IntoResponse,
    {
        self.wrapped(|table| EndpointExt::after(table, change))
    }

    /// Stands around every request; it may hand it to the table or answer itself.
    #[must_use]
    pub fn around<F, Fut, R>(self, handle: F) -> Self
    where
        F: Fn(Arc<Self>, Request) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<R>> + Send + 'static,
        R: IntoResponse + 'static,
    {
        self.wrapped(|table| EndpointExt::around(table, handle))
    }

    /// Changes every answer that is not an error.
    #[must_use]
    pub fn map<F, Fut, R>(self, change: F) -> Self
    where
        F: Fn(Response) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = R> + Send + 'static,
        R: IntoResponse + 'static,
    {
        self.wrapped(|table| EndpointExt::map(table, change))
    }

    /// The same where the change may fail.
    #[must_use]
    pub fn and_then<F, Fut, R>(self, change: F) -> Self
    where
        F: Fn(Response) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<R>> + Send + 'static,
        R: IntoResponse + 'static,
    {
        self.wrapped(|table| EndpointExt::and_then(table, change))
    }

    /// Turns every error into the answer that it stands for. [`AzureAuth`](crate::AzureAuth) does that too.
    #[must_use]
    pub fn to_response(self) -> Self {
        self.wrapped(EndpointExt::to_response)
    }

    /// Does nothing, because a table answers with responses already.
    #[must_use]
    pub fn map_to_response(self) -> Self {
        self
    }

    /// What Poem's middleware makes of the table, with the same declarations.
    fn wrapped<E>(self, wrap: impl FnOnce(Self) -> E) -> Self
    where
        E: Endpoint + 'static,
        E::Output: IntoResponse,
    {
        let listing = self.listing.clone();
        Self { endpoint: Inner::wrapped(wrap(self)), listing }
    }

    /// What each row allows, for people to read.
    ///
    /// ```
    /// # use poem::{get, handler};
    /// #[azure_auth::protect(scopes = "Files.Read")]
    /// #[handler]
    /// fn files() -> &'static str {
    ///     "files"
    /// }
    ///
    /// let endpoints = azure_auth::endpoints! { "/files" => get(files) };
    /// let report = endpoints.report().to_string();
    /// assert!(report.contains("session: any signed-in user; token: scope Files.Read"));
    /// ```
    ///
    /// Inside [`AzureAuth`](crate::AzureAuth) it names the accepted tenants as well. A router of one's own,
    /// `poem::Route`, knows no report.
    pub fn report(&self) -> Report {
        Report::new(self.rows().to_vec(), self.listing.tenants.clone())
    }

    pub(crate) fn rows(&self) -> &[Row] {
        &self.listing.rows
    }

    /// The table as it was before [`AzureAuth`](crate::AzureAuth) stood around it, for another one.
    #[cfg(feature = "testing")]
    pub(crate) fn without_auth(self) -> Self {
        match self.endpoint {
            Inner::Closed(Protected { endpoint, .. }) => Self { endpoint: Inner::Open(endpoint), ..self },
            Inner::Open(_) => self,
        }
    }

    /// What the declarations ask for together.
    pub(crate) fn facts(&self, further_groups: &[Guid]) -> TableFacts {
        let accesses: Vec<RowAccess> = self.rows().iter().map(Row::access).collect();
        let requirements = accesses.iter().flat_map(RowAccess::requirements);
        let mut openid_scopes: Vec<&str> =
            requirements.clone().flat_map(|requirement| requirement.openid_scopes).copied().collect();
        openid_scopes.sort_unstable();
        openid_scopes.dedup();
        let groups = requirements.flat_map(Requirement::groups).chain(further_groups.iter().copied());
        TableFacts { openid_scopes, groups: GroupsInQuestion::new(groups), is_table: true }
    }

    /// What keeps this table from being served: paths that clash among themselves or with those of the library.
    pub(crate) fn problems(&self, auth_paths: &[String]) -> Vec<String> {
        let paths = self.listing.paths.iter().copied().chain(self.rows().iter().map(|row| row.path.as_str()));
        let own: BTreeSet<&str> = paths.filter(|path| auth_paths.iter().any(|own| own == path)).collect();
        let with_auth = own.into_iter().map(|path| {
            format!(
                "the path {path:?} of the table is also one of the paths that `AzureAuth` answers; move one of them"
            )
        });
        // Within one table the macro sees it; of tables and APIs in each other one row would be untrue.
        let twice = given_twice(self.rows()).into_iter().map(|(row, first)| {
            let [row, first] = [row, first].map(|row| format!("{} {:?}", row.method(), row.path));
            format!("{row} takes the same requests as {first}; remove one of them")
        });
        self.listing.problems.iter().cloned().chain(twice).chain(with_auth).collect()
    }
}

impl Endpoint for Endpoints {
    type Output = Response;

    async fn call(&self, request: Request) -> Result<Response> {
        match &self.endpoint {
            Inner::Open(rows) => rows.call(request).await,
            Inner::Closed(protected) => protected.call(request).await,
        }
    }
}

impl fmt::Debug for Endpoints {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Endpoints").field("rows", &self.listing.rows).finish_non_exhaustive()
    }
}

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

/// What stands in `public(…)`, on its way into the table: what says itself who may call it has a method of its own, which
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
    /// A table without rows.
    #[must_use]
    #[expect(clippy::new_without_default, reason = "only expanded code makes one")]
    pub fn new() -> Self {
        Self { route: Route::new(), listing: Listing::default(), handlers: Vec::new(), method: String::new() }
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
        self.mount(path, |route| route.try_nest(path, endpoints));
    }

    /// One row: an endpoint that is not a handler, open on purpose, at the path and everything below it.
    #[track_caller]
    pub fn public<E>(&mut self, path: &'static str, endpoint: E, reason: &'static str)
    where
        E: IntoEndpoint,
        E::Endpoint: 'static,
    {
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
        let mut endpoint = Some(endpoint.into_endpoint());
        let table = (&mut endpoint as &mut dyn Any).downcast_mut::<Option<Endpoints>>().and_then(Option::take);
        if let Some(table) = table {
            // Poem panics, and as one endpoint the table would hide its rows.
            if is_pattern(path) {
                let problem = "a table is at a path without parameters; they belong into that table";
                self.listing.problems.push(format!("the path {path:?} cannot be served: {problem}"));
            } else {
                self.nest(path, table.with(guard));
            }
        } else if let Some(endpoint) = endpoint {
            let guarded = guard.transform(endpoint);
            let declaration = *guarded.declaration();
            self.any(path, guarded, declaration);
        }
    }

    /// An endpoint for every method, at the path and everything below it.
    fn any<E>(&mut self, path: &'static str, endpoint: E, declaration: Declaration)
    where
        E: IntoEndpoint,
        E::Endpoint: 'static,
    {
        // A pattern says itself what it takes, and Poem nests at plain paths only.
        let is_pattern = is_pattern(path);
        let taken = if is_pattern { path.to_owned() } else { format!("{}/*", path.trim_end_matches('/')) };
        self.listing.rows.push(Row::new(taken, None, declaration));
        self.mount(
            path,
            |route| if is_pattern { route.try_at(path, endpoint) } else { route.try_nest(path, endpoint) },
        );
    }

    /// The finished table.
    #[must_use]
    pub fn finish(self) -> Endpoints {
        Endpoints { endpoint: Inner::Open(Rows::Table(self.route)), listing: self.listing }
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

fn is_pattern(path: &str) -> bool {
    path.contains(['*', ':', '<'])
}
