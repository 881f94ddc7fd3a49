//! APIs of poem-openapi: what their operations declare, and the guard around each.

use std::marker::PhantomData;

use poem::{Endpoint, IntoEndpoint, Request, Result, Route};
use poem_openapi::{OpenApi, OpenApiService, Webhook};

use super::endpoints::Endpoints;
use super::table::{Nested, OpenOnPurpose, PublicEndpoint};
use crate::model::policies::declaration::Declaration;
use crate::model::policies::row::{Row, given_twice};
use crate::model::policies::vocabulary::DescribedScope;
use crate::web::handler::declared::Declared;
use crate::web::handler::guard;
use crate::web::handler::guard::Guards;

/// An API whose operations say who may call them, by `#[protect_api]`.
///
/// Never implemented by hand: the attribute writes the implementation next to the API.
#[diagnostic::on_unimplemented(
    message = "API `{Self}` does not say who may call its operations",
    label = "not declared",
    note = "write `#[azure_auth::protect_api]` above its `#[OpenApi]`, and `#[protect]` or `#[public]` on each operation"
)]
pub trait DeclaredApi {
    /// As written on the methods.
    const OPERATIONS: &'static [Operation];

    /// The same of several APIs in one service.
    #[must_use]
    fn operations() -> Vec<Operation> {
        Self::OPERATIONS.to_vec()
    }
}

/// One method of HTTP at one path of an API.
#[derive(Clone, Copy, Debug)]
pub struct Operation {
    pub(crate) method: &'static str,
    prefix: &'static str,
    path: &'static str,
    pub(crate) declaration: Declaration,
    /// Scopes that it names by items of a vocabulary, with what these say of them.
    pub(crate) described: &'static [DescribedScope],
}

impl Operation {
    /// What `D` declares, where poem-openapi serves it.
    #[must_use]
    pub const fn of<D: Declared>(method: &'static str, prefix: &'static str, path: &'static str) -> Self {
        Self { method, prefix, path, declaration: D::DECLARATION, described: &[] }
    }

    /// With scopes that a vocabulary describes.
    #[must_use]
    pub const fn described(self, described: &'static [DescribedScope]) -> Self {
        Self { described, ..self }
    }

    /// The whole path below the service, as a pattern of Poem, whose router knows no empty segments.
    pub(crate) fn pattern(&self) -> String {
        let path = self.path_of(|parameter| format!(":{parameter}"));
        let mut pattern = String::with_capacity(path.len());
        for letter in path.chars() {
            if letter != '/' || !pattern.ends_with('/') {
                pattern.push(letter);
            }
        }
        pattern
    }

    /// The same as the document has it.
    pub(crate) fn documented_path(&self) -> String {
        self.path_of(|parameter| format!("{{{parameter}}}"))
    }

    /// As poem-openapi joins it: without the path's empty segments, but with those of the prefix.
    fn path_of(&self, parameter: impl Fn(&str) -> String) -> String {
        let segments = self.path.split('/').filter(|segment| !segment.is_empty());
        let written = segments.map(|segment| match segment.strip_prefix(':') {
            Some(name) => parameter(name),
            None => segment.to_owned(),
        });
        let path = written.collect::<Vec<_>>().join("/");
        let prefix = format!("/{}", self.prefix.strip_prefix('/').unwrap_or(self.prefix));
        match path.as_str() {
            "" => prefix,
            path if prefix.ends_with('/') => prefix + path,
            path => prefix + "/" + path,
        }
    }
}

/// Stands a guard in front of an operation, before anything of the request is read.
pub fn guarded<D: Declared, E: Endpoint>(endpoint: E) -> GuardedOperation<D, E> {
    GuardedOperation { endpoint, declared: PhantomData }
}

/// An operation behind its guard.
pub struct GuardedOperation<D, E> {
    endpoint: E,
    declared: PhantomData<fn() -> D>,
}

impl<D: Declared, E: Endpoint> Endpoint for GuardedOperation<D, E> {
    type Output = E::Output;

    async fn call(&self, mut request: Request) -> Result<E::Output> {
        let loaded = guard::admitted(&request, &D::DECLARATION, D::CHECK, Guards::Handler).await?;
        loaded.hand_on(&mut request);
        self.endpoint.call(request).await
    }
}

impl<A: DeclaredApi + OpenApi + 'static, W: Webhook + 'static> Nested for OpenApiService<A, W> {
    fn into_endpoints(self) -> Endpoints {
        let operations = A::operations();
        let row = |operation: &Operation| {
            Row::new(operation.pattern(), Some(operation.method.to_owned()), operation.declaration)
        };
        let rows = operations.iter().map(row).collect::<Vec<_>>();
        let problems = undeclared::<A>(&operations);
        // Which of two operations poem-openapi keeps is a matter of chance, or it panics.
        if given_twice(&rows).is_empty() {
            Endpoints::of(self.into_endpoint(), rows, problems)
        } else {
            Endpoints::of(Route::new(), rows, problems)
        }
    }
}

impl<A: DeclaredApi + OpenApi, W: Webhook> PublicEndpoint<OpenApiService<A, W>> {
    /// A service whose operations say who may call them is nested.
    #[must_use]
    pub fn open(self) -> OpenApiService<A, W>
    where
        OpenApiService<A, W>: OpenOnPurpose,
    {
        self.0
    }
}

/// What poem-openapi serves and the attribute did not see. There is nothing, unless something changed the API in between.
fn undeclared<A: OpenApi>(operations: &[Operation]) -> Vec<String> {
    let served = A::meta().into_iter().flat_map(|api| api.paths).flat_map(|item| {
        let path = item.path;
        item.operations.into_iter().map(move |operation| (operation.method.to_string(), path.clone()))
    });
    let is_declared = |method: &str, path: &str| {
        operations.iter().any(|operation| operation.method == method && operation.documented_path() == path)
    };
    let undeclared = served.filter(|(method, path)| !is_declared(method, path));
    undeclared.map(|(method, path)| format!("{method} {path:?} of an API does not say who may call it")).collect()
}

/// As many as poem-openapi takes.
macro_rules! several_apis {
    ($one:ident) => {};
    ($first:ident, $($next:ident),+) => {
        impl<$first: DeclaredApi, $($next: DeclaredApi),+> DeclaredApi for ($first, $($next),+) {
            const OPERATIONS: &'static [Operation] = &[];

            fn operations() -> Vec<Operation> {
                [$first::operations(), $($next::operations()),+].concat()
            }
        }
        several_apis!($($next),+);
    };
}

several_apis!(A, B, C, D, E, F, G, H, I, J, K, L, M, N, O, P);

#[cfg(test)]
mod tests {
    use super::*;

    /// How poem-openapi joins them a test of the whole library asks itself.
    #[test]
    fn a_prefix_and_a_path_are_joined_as_poem_openapi_does() {
        for (prefix, path, pattern, documented) in [
            ("", "/files/:id", "/files/:id", "/files/{id}"),
            ("", "/files/", "/files", "/files"),
            ("", "/", "/", "/"),
            ("/v1", "/", "/v1", "/v1"),
            ("/v1/", "/", "/v1/", "/v1/"),
            ("v1/", "/files//:id", "/v1/files/:id", "/v1/files/{id}"),
            ("//v1//x", "/a", "/v1/x/a", "//v1//x/a"),
        ] {
            let operation = Operation {
                method: "GET",
                prefix,
                path,
                declaration: Declaration::protected("handler"),
                described: &[],
            };
            assert_eq!(operation.pattern(), pattern);
            assert_eq!(operation.documented_path(), documented);
        }
    }
}
