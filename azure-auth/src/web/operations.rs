//! APIs of poem-openapi: what their operations declare, and the guard around each.

use std::marker::PhantomData;

use poem::{Endpoint, FromRequest, IntoEndpoint, Request, Result};
use poem_openapi::{OpenApi, OpenApiService, Webhook};

use super::declared::Declared;
use super::endpoints::{Endpoints, Nested};
use super::guard::Guarded;
use crate::model::declaration::Declaration;
use crate::model::row::Row;

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
}

impl Operation {
    /// What `D` declares, where poem-openapi serves it.
    #[must_use]
    pub const fn of<D: Declared>(method: &'static str, prefix: &'static str, path: &'static str) -> Self {
        Self { method, prefix, path, declaration: D::DECLARATION }
    }

    /// The whole path below the service, as a pattern.
    pub(crate) fn pattern(&self) -> String {
        self.path_of(|parameter| format!(":{parameter}"))
    }

    /// The same as the document has it.
    pub(crate) fn documented_path(&self) -> String {
        self.path_of(|parameter| format!("{{{parameter}}}"))
    }

    /// poem-openapi drops empty segments, and joins a prefix that ends with a slash without a second one.
    fn path_of(&self, parameter: impl Fn(&str) -> String) -> String {
        let segments = self.path.split('/').filter(|segment| !segment.is_empty());
        let written = segments.map(|segment| match segment.strip_prefix(':') {
            Some(name) => format!("/{}", parameter(name)),
            None => format!("/{segment}"),
        });
        let path = written.collect::<String>();
        match self.prefix.trim_matches('/') {
            "" if path.is_empty() => "/".to_owned(),
            "" => path,
            prefix => format!("/{prefix}{path}"),
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

    async fn call(&self, request: Request) -> Result<E::Output> {
        Guarded::<D>::from_request_without_body(&request).await?;
        self.endpoint.call(request).await
    }
}

impl<A: DeclaredApi + OpenApi + 'static, W: Webhook + 'static> Nested for OpenApiService<A, W> {
    fn into_endpoints(self) -> Endpoints {
        let rows = A::operations().iter().map(row).collect::<Vec<_>>();
        let problems = given_twice(&rows);
        Endpoints::of(self.into_endpoint(), rows, problems)
    }
}

fn row(operation: &Operation) -> Row {
    Row { path: operation.pattern(), method: Some(operation.method.to_owned()), declaration: operation.declaration }
}

/// Within one API the macro sees it; of several in one service poem-openapi keeps the last without a word.
fn given_twice(rows: &[Row]) -> Vec<String> {
    let request = |row: &Row| {
        let is_parameter = |segment: &&str| segment.starts_with(':');
        let segments = row.path.split('/').map(|segment| if is_parameter(&segment) { ":" } else { segment });
        (row.method.clone(), segments.collect::<Vec<_>>().join("/"))
    };
    let requests = rows.iter().map(request).collect::<Vec<_>>();
    let again = rows.iter().enumerate().filter(|(place, _)| requests[..*place].contains(&requests[*place]));
    let problem = |(_, row): (usize, &Row)| {
        format!(
            "{} {:?} takes the same requests as another operation of the service; remove one of them",
            row.method(),
            row.path
        )
    };
    again.map(problem).collect()
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

    fn operation(prefix: &'static str, path: &'static str) -> Operation {
        Operation { method: "GET", prefix, path, declaration: Declaration::protected("handler") }
    }

    #[test]
    fn paths_are_those_that_poem_openapi_serves() {
        for (prefix, path, pattern, documented) in [
            ("", "/files/:id", "/files/:id", "/files/{id}"),
            ("", "/files/", "/files", "/files"),
            ("", "/", "/", "/"),
            ("/v1", "/", "/v1", "/v1"),
            ("v1/", "/files//:id", "/v1/files/:id", "/v1/files/{id}"),
        ] {
            let operation = operation(prefix, path);
            assert_eq!(operation.pattern(), pattern);
            assert_eq!(operation.documented_path(), documented);
        }
    }

    #[test]
    fn a_request_that_two_operations_answer_is_told() {
        let rows = |paths: &[&'static str]| paths.iter().map(|path| row(&operation("", path))).collect::<Vec<_>>();
        assert_eq!(given_twice(&rows(&["/files/:id", "/files/new", "/files"])), Vec::<String>::new());
        let problems = given_twice(&rows(&["/files/:id", "/files/:name"]));
        assert_eq!(problems.len(), 1);
        assert!(problems[0].starts_with("GET \"/files/:name\" takes the same requests"), "{problems:?}");
    }
}
