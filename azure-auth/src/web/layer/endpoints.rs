//! The table of an application: paths, endpoints and what each handler declares.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use azure_auth_policy::{Guid, Requirement, RowAccess};
use poem::endpoint::{BoxEndpoint, EndpointExt};
use poem::middleware::{AddData, Middleware};
use poem::{Endpoint, IntoResponse, Request, Response, Result, Route};

use super::protected::Protected;
use super::recognition::recognize;
use crate::model::callers::groups::RelevantGroups;
use crate::model::downstream::need::Need;
use crate::model::policies::declaration::Declaration;
use crate::model::policies::row::{Row, given_twice};
use crate::model::settings::tenants::AcceptedTenants;
use crate::rules::policy::report::Report;
use crate::web::application::state::DeclaredNeeds;
use crate::web::handler::router_guard::GuardedEndpoint;

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
    pub(super) listing: Listing,
}

/// What a table says of itself, whatever is around it.
#[derive(Clone, Default)]
pub(super) struct Listing {
    pub(super) rows: Vec<Row>,
    pub(super) paths: Vec<&'static str>,
    pub(super) problems: Vec<String>,
    /// The package in whose code the table is. None: an API made it, or nobody knows.
    pub(super) package: Option<&'static str>,
    /// Where Swagger UI of this crate is, which signs in by itself.
    pub(super) swagger_pages: Vec<String>,
    /// Known inside [`AzureAuth`](crate::AzureAuth).
    tenants: Option<AcceptedTenants>,
}

impl Listing {
    pub(super) fn of(package: Option<&'static str>) -> Self {
        Self { package, ..Self::default() }
    }

    /// The same with every row behind a guard.
    fn behind(mut self, guard: &'static Declaration) -> Self {
        self.rows = self.rows.into_iter().map(|row| row.behind(guard)).collect();
        self
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
}

impl Endpoints {
    pub(super) fn new(route: Route, listing: Listing) -> Self {
        Self { endpoint: Inner::Open(Rows::Table(route)), listing }
    }

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
    /// A [`guard!`](crate::guard) that is given here is in front of every row, and is part of what the table declares.
    ///
    /// ```
    /// # fn example(table: azure_auth::Endpoints) -> azure_auth::Endpoints {
    /// use poem::middleware::CatchPanic;
    ///
    /// table.with(CatchPanic::new()).with(azure_auth::guard!(roles = "Admin"))
    /// # }
    /// ```
    #[must_use]
    pub fn with<M>(self, middleware: M) -> Self
    where
        M: Middleware<Self>,
        M::Output: 'static,
        <M::Output as Endpoint>::Output: IntoResponse,
    {
        let listing = self.listing.clone();
        let made = middleware.transform(self);
        recognize(made, |table: Self| table)
            .or_else(|made| recognize(made, Self::closed))
            .or_else(|made| recognize(made, Self::guarded))
            .unwrap_or_else(|made| Self { endpoint: Inner::wrapped(made), listing })
    }

    /// A table inside [`AzureAuth`](crate::AzureAuth). Its rows stay what they were, without a box around them.
    fn closed(protected: Protected<Self>) -> Self {
        let Protected { mounted, is_served, endpoint: Self { endpoint, listing } } = protected;
        let tenants = Some(mounted.application.configuration.tenants.clone());
        let endpoint = match endpoint {
            Inner::Open(endpoint) => Inner::Closed(Protected { mounted, is_served, endpoint }),
            twice @ Inner::Closed(_) => {
                let table = Self { endpoint: twice, listing: Listing::default() };
                Inner::wrapped(Protected { mounted, is_served, endpoint: table })
            }
        };
        Self { endpoint, listing: Listing { tenants, ..listing } }
    }

    /// A table behind a [`guard!`](crate::guard), which is part of what its rows declare.
    fn guarded(guarded: GuardedEndpoint<Self>) -> Self {
        let listing = guarded.endpoint().listing.clone().behind(guarded.declaration());
        Self { endpoint: Inner::wrapped(guarded), listing }
    }

    /// The same, if it is wanted.
    ///
    /// ```
    /// # fn example(table: azure_auth::Endpoints) -> azure_auth::Endpoints {
    /// use poem::middleware::Tracing;
    ///
    /// table.with_if(cfg!(debug_assertions), Tracing)
    /// # }
    /// ```
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
    ///
    /// ```
    /// # #[derive(Clone)] struct Mailer;
    /// # fn example(table: azure_auth::Endpoints, mailer: Option<Mailer>) -> azure_auth::Endpoints {
    /// table.data_opt(mailer)
    /// # }
    /// ```
    #[must_use]
    pub fn data_opt<T: Clone + Send + Sync + 'static>(self, value: Option<T>) -> Self {
        match value {
            Some(value) => self.data(value),
            None => self,
        }
    }

    /// Shares a value with every handler, for [`Data`](poem::web::Data).
    ///
    /// ```
    /// use poem::{get, handler, web::Data};
    ///
    /// #[azure_auth::public]
    /// #[handler]
    /// fn version(Data(version): Data<&&'static str>) -> &'static str {
    ///     version
    /// }
    ///
    /// let table = azure_auth::endpoints! { "/version" => get(version) }.data("1.2.3");
    /// ```
    #[must_use]
    pub fn data<T: Clone + Send + Sync + 'static>(self, value: T) -> Self {
        self.with(AddData::new(value))
    }

    /// Turns errors of one type into answers. It goes inside `AzureAuth`.
    ///
    /// ```
    /// # fn example(table: azure_auth::Endpoints) -> azure_auth::Endpoints {
    /// use poem::error::NotFoundError;
    ///
    /// table.catch_error(|_: NotFoundError| async { "There is no such page." })
    /// # }
    /// ```
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

    /// Turns every error into an answer. It goes inside `AzureAuth`; a [`Refused`](crate::Refused) that it answers in its
    /// own way sends nobody to sign in.
    ///
    /// ```
    /// # fn example(table: azure_auth::Endpoints) -> azure_auth::Endpoints {
    /// use azure_auth::Refused;
    /// use poem::IntoResponse;
    ///
    /// table.catch_all_error(|error| async {
    ///     match error.downcast::<Refused>() {
    ///         // The way to sign in stays as it is.
    ///         Ok(refused) => refused.into_response(),
    ///         Err(error) => error.status().into(),
    ///     }
    /// })
    /// # }
    /// ```
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
    ///
    /// ```
    /// # fn example(table: azure_auth::Endpoints) -> azure_auth::Endpoints {
    /// use azure_auth::Refused;
    ///
    /// table.inspect_err(|refused: &Refused| println!("refused: {}", refused.code()))
    /// # }
    /// ```
    #[must_use]
    pub fn inspect_err<F, E>(self, look: F) -> Self
    where
        F: Fn(&E) + Send + Sync + 'static,
        E: std::error::Error + Send + Sync + 'static,
    {
        self.wrapped(|table| EndpointExt::inspect_err(table, look))
    }

    /// Looks at every error as it passes.
    ///
    /// ```
    /// # fn example(table: azure_auth::Endpoints) -> azure_auth::Endpoints {
    /// table.inspect_all_err(|error| println!("answered {}", error.status()))
    /// # }
    /// ```
    #[must_use]
    pub fn inspect_all_err<F>(self, look: F) -> Self
    where
        F: Fn(&poem::Error) + Send + Sync + 'static,
    {
        self.wrapped(|table| EndpointExt::inspect_all_err(table, look))
    }

    /// Does something with every request before it is routed. What it changes is what the guard judges.
    ///
    /// ```
    /// # fn example(table: azure_auth::Endpoints) -> azure_auth::Endpoints {
    /// use std::time::Instant;
    ///
    /// table.before(|mut request| async {
    ///     request.set_data(Instant::now());
    ///     Ok(request)
    /// })
    /// # }
    /// ```
    #[must_use]
    pub fn before<F, Fut>(self, change: F) -> Self
    where
        F: Fn(Request) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<Request>> + Send + 'static,
    {
        self.wrapped(|table| EndpointExt::before(table, change))
    }

    /// Does something with every outcome. Inside of `AzureAuth` a refusal is an `Err` with a [`Refused`](crate::Refused).
    ///
    /// ```
    /// # fn example(table: azure_auth::Endpoints) -> azure_auth::Endpoints {
    /// table.after(|outcome| async {
    ///     if outcome.is_err() {
    ///         println!("a request was not served");
    ///     }
    ///     outcome
    /// })
    /// # }
    /// ```
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
    ///
    /// ```
    /// # fn example(table: azure_auth::Endpoints) -> azure_auth::Endpoints {
    /// use poem::http::StatusCode;
    /// use poem::{Endpoint, IntoResponse};
    ///
    /// table.around(|table, request| async move {
    ///     if request.headers().contains_key("x-maintenance") {
    ///         return Ok(StatusCode::SERVICE_UNAVAILABLE.into_response());
    ///     }
    ///     table.call(request).await
    /// })
    /// # }
    /// ```
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
    ///
    /// ```
    /// # fn example(table: azure_auth::Endpoints) -> azure_auth::Endpoints {
    /// use poem::IntoResponse;
    ///
    /// table.map(|response| async { response.with_header("x-frame-options", "DENY") })
    /// # }
    /// ```
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
    ///
    /// ```
    /// # fn example(table: azure_auth::Endpoints) -> azure_auth::Endpoints {
    /// use poem::Error;
    /// use poem::http::StatusCode;
    ///
    /// table.and_then(|response| async {
    ///     match response.status() {
    ///         StatusCode::NO_CONTENT => Err(Error::from_status(StatusCode::NOT_FOUND)),
    ///         _ => Ok(response),
    ///     }
    /// })
    /// # }
    /// ```
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
    ///
    /// ```
    /// # fn example(table: azure_auth::Endpoints) -> azure_auth::Endpoints {
    /// // The counter outside of it sees answers, and no errors.
    /// table.to_response().after(|outcome| async {
    ///     println!("answered {:?}", outcome.as_ref().map(|response| response.status()));
    ///     outcome
    /// })
    /// # }
    /// ```
    #[must_use]
    pub fn to_response(self) -> Self {
        self.wrapped(EndpointExt::to_response)
    }

    /// Does nothing, because a table answers with responses already.
    ///
    /// ```
    /// # fn example(table: azure_auth::Endpoints) -> azure_auth::Endpoints {
    /// // For generic code that calls it on every endpoint.
    /// table.map_to_response()
    /// # }
    /// ```
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

    pub(crate) fn package(&self) -> Option<&'static str> {
        self.listing.package
    }

    pub(crate) fn swagger_pages(&self) -> &[String] {
        &self.listing.swagger_pages
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
    pub(crate) fn facts(&self, further_groups: &[Guid]) -> DeclaredNeeds {
        let accesses: Vec<RowAccess> = self.rows().iter().map(Row::access).collect();
        let requirements = accesses.iter().flat_map(RowAccess::requirements);
        let mut openid_scopes: Vec<&str> =
            requirements.clone().flat_map(|requirement| requirement.openid_scopes).copied().collect();
        openid_scopes.sort_unstable();
        openid_scopes.dedup();
        let groups = requirements.flat_map(Requirement::groups).chain(further_groups.iter().copied());
        let mut needs: Vec<Need> = Vec::new();
        for need in self.listing.rows.iter().flat_map(Row::needs) {
            if *need != Need::Nothing && !needs.contains(need) {
                needs.push(*need);
            }
        }
        DeclaredNeeds { openid_scopes, groups: RelevantGroups::new(groups), needs, is_table: true }
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
