//! The table of an application: paths, endpoints and what each handler declares.

use poem::{Endpoint, IntoEndpoint, Request, Response, Result, Route};

use crate::model::declaration::{Declaration, Declared};

/// A whole router whose every handler says who may call it; made by [`endpoints!`](crate::endpoints).
pub struct Endpoints {
    route: Route,
    declarations: Vec<Declaration>,
}

/// Collects the rows of one [`endpoints!`](crate::endpoints) table.
pub struct Table {
    route: Route,
    declarations: Vec<Declaration>,
}

impl Table {
    /// A table without rows.
    #[must_use]
    #[expect(clippy::new_without_default, reason = "only expanded code makes one")]
    pub fn new() -> Self {
        Self { route: Route::new(), declarations: Vec::new() }
    }

    /// Notes what a handler declares and hands it back unchanged.
    pub fn handler<H: Declared>(&mut self, handler: H) -> H {
        self.declarations.push(H::DECLARATION);
        handler
    }

    /// One row: a path and the methods it answers.
    pub fn row<E>(&mut self, path: &'static str, endpoint: E)
    where
        E: IntoEndpoint,
        E::Endpoint: 'static,
    {
        self.route = std::mem::take(&mut self.route).at(path, endpoint);
    }

    /// One row: another table under a path of its own.
    pub fn nest(&mut self, path: &'static str, endpoints: Endpoints) {
        self.declarations.extend(&endpoints.declarations);
        self.route = std::mem::take(&mut self.route).nest(path, endpoints);
    }

    /// One row: an endpoint that is no handler, open on purpose.
    pub fn public<E>(&mut self, path: &'static str, endpoint: E, _reason: Option<&'static str>)
    where
        E: IntoEndpoint,
        E::Endpoint: 'static,
    {
        self.route = std::mem::take(&mut self.route).nest(path, endpoint);
    }

    /// The finished table.
    #[must_use]
    pub fn finish(self) -> Endpoints {
        Endpoints { route: self.route, declarations: self.declarations }
    }
}

impl Endpoint for Endpoints {
    type Output = Response;

    async fn call(&self, request: Request) -> Result<Response> {
        self.route.call(request).await
    }
}
