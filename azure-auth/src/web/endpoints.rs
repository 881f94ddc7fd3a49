//! The table of an application: paths, endpoints and what each handler declares.

use std::any::Any;
use std::fmt;

use poem::endpoint::{BoxEndpoint, EndpointExt};
use poem::middleware::{AddData, Middleware};
use poem::{Endpoint, IntoEndpoint, IntoResponse, Request, Response, Result, Route};

use super::application::TableFacts;
use super::protected::Protected;
use crate::model::declaration::{Access, Declaration};
use crate::model::groups::GroupsInQuestion;
use crate::model::guid::Guid;
use crate::model::requirement::Requirement;

/// A whole router whose every handler says who may call it; made by [`endpoints!`](crate::endpoints).
///
/// `.with(…)`, `.data(…)` and `.catch_error(…)` keep it one, so that [`AzureAuth`](crate::AzureAuth), the outermost
/// layer, still sees the declarations of the table: the scopes to ask for at sign-in, and paths that would clash.
pub struct Endpoints {
    endpoint: Inner,
    declarations: Vec<Declaration>,
    paths: Vec<&'static str>,
    problems: Vec<String>,
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
    /// Wraps the table in a middleware. [`AzureAuth`](crate::AzureAuth) goes last.
    #[must_use]
    pub fn with<M>(self, middleware: M) -> Self
    where
        M: Middleware<Self>,
        M::Output: 'static,
        <M::Output as Endpoint>::Output: IntoResponse,
    {
        let (declarations, paths, problems) = (self.declarations.clone(), self.paths.clone(), self.problems.clone());
        let endpoint = Inner::of(middleware.transform(self));
        Self { endpoint, declarations, paths, problems }
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
        let (declarations, paths, problems) = (self.declarations.clone(), self.paths.clone(), self.problems.clone());
        let endpoint = Inner::wrapped(EndpointExt::catch_error(self, handle));
        Self { endpoint, declarations, paths, problems }
    }

    /// What the declarations ask for together.
    pub(crate) fn facts(&self, further_groups: &[Guid]) -> TableFacts {
        let requirements = self.declarations.iter().filter_map(|declaration| match &declaration.access {
            Access::Protected(requirement) => Some(requirement),
            Access::Public { .. } => None,
        });
        let mut openid_scopes: Vec<&str> =
            requirements.clone().flat_map(|requirement| requirement.openid_scopes).copied().collect();
        openid_scopes.sort_unstable();
        openid_scopes.dedup();
        let groups = requirements.flat_map(Requirement::groups).chain(further_groups.iter().copied());
        TableFacts { openid_scopes, groups: GroupsInQuestion::new(groups) }
    }

    /// What keeps this table from being served: paths that clash among themselves or with those of the library.
    pub(crate) fn problems(&self, auth_paths: &[String]) -> Vec<String> {
        let clash = |path: &&&str| auth_paths.iter().any(|own| own == **path);
        let with_auth = self.paths.iter().filter(clash).map(|path| {
            format!(
                "the path {path:?} of the table is also one of the paths that `AzureAuth` answers; move one of them"
            )
        });
        self.problems.iter().cloned().chain(with_auth).collect()
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
        formatter.debug_struct("Endpoints").field("declarations", &self.declarations).finish_non_exhaustive()
    }
}

/// Collects the rows of one [`endpoints!`](crate::endpoints) table.
pub struct Table {
    route: Route,
    declarations: Vec<Declaration>,
    paths: Vec<&'static str>,
    problems: Vec<String>,
}

impl Table {
    /// A table without rows.
    #[must_use]
    #[expect(clippy::new_without_default, reason = "only expanded code makes one")]
    pub fn new() -> Self {
        Self { route: Route::new(), declarations: Vec::new(), paths: Vec::new(), problems: Vec::new() }
    }

    /// Where handlers note what they declare.
    pub fn declarations(&mut self) -> &mut Vec<Declaration> {
        &mut self.declarations
    }

    /// One row: a path and the methods it answers.
    pub fn row<E>(&mut self, path: &'static str, endpoint: E)
    where
        E: IntoEndpoint,
        E::Endpoint: 'static,
    {
        self.mount(path, |route| route.try_at(path, endpoint));
    }

    /// One row: another table under a path of its own.
    pub fn nest(&mut self, path: &'static str, endpoints: Endpoints) {
        self.declarations.extend(&endpoints.declarations);
        self.problems.extend(endpoints.problems.iter().cloned());
        self.mount(path, |route| route.try_nest(path, endpoints));
    }

    /// One row: an endpoint that is no handler, open on purpose, at the path and everything below it.
    pub fn public<E>(&mut self, path: &'static str, endpoint: E, reason: &'static str)
    where
        E: IntoEndpoint,
        E::Endpoint: 'static,
    {
        self.declarations.push(Declaration::public(path).reason(reason));
        // A pattern says itself what it takes, and Poem nests at plain paths only.
        let is_pattern = path.contains(['*', ':', '<']);
        self.mount(
            path,
            |route| if is_pattern { route.try_at(path, endpoint) } else { route.try_nest(path, endpoint) },
        );
    }

    /// The finished table.
    #[must_use]
    pub fn finish(self) -> Endpoints {
        let Self { route, declarations, paths, problems } = self;
        Endpoints { endpoint: Inner::Open(Rows::Table(route)), declarations, paths, problems }
    }

    /// The macro sees to it that paths do not clash; what it cannot see is reported when the table is mounted.
    fn mount<E: fmt::Display>(&mut self, path: &'static str, mount: impl FnOnce(Route) -> Result<Route, E>) {
        self.paths.push(path);
        match mount(std::mem::take(&mut self.route)) {
            Ok(route) => self.route = route,
            Err(error) => self.problems.push(format!("the path {path:?} cannot be served: {error}")),
        }
    }
}
