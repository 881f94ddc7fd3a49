//! The attributes and tables of `azure-auth`. Each entry point is the same three steps: parse, validate, expand.
//!
//! Expanded code is constant data plus names of the runtime's hidden module. Logic lives in the runtime.

mod diagnostics;
mod expand;
#[cfg(test)]
mod expansion_tests;
mod guid;
mod model;
mod path_pattern;
mod scope_list;
mod syntax;
mod validate;

use proc_macro::TokenStream;

/// Says who may call a handler. It stands above `#[handler]`.
///
/// Without keys: any signed-in user of an accepted tenant. Every key narrows that.
///
/// | key | value | meaning |
/// |---|---|---|
/// | `scopes` | `"openid email Files.Read"` | OAuth scopes, all of them. OpenID Connect scopes shape the sign-in request and refuse nobody; any other name is a delegated permission of this API, which limits what a client may do for a person and does not limit sessions |
/// | `roles` | `"Admin"`, `any("Admin", "Writer")`, `all(…)` | app roles of a person |
/// | `groups` | `"<guid>"`, `any("<guid>", …)`, `all(…)` | groups of a person, by object id |
/// | `app_roles` | as `roles` | what an application without a person needs; without this key none is admitted |
/// | `tenants` | `"<guid>"`, `any("<guid>", …)` | tenants whose people and applications may call, by id |
/// | `via` | `session`, `bearer` | the only kind of credential that is accepted |
/// | `allow` | `role("Admin") \|\| (role("Writer") && !group("<guid>"))` | a policy over `role`, `scope`, `group`, `app_role`, `tenant`; `!` of something unknown is unknown, and unknown refuses |
/// | `check` | `path::to::function` | `fn(&Principal, &poem::Request) -> Result<(), Refusal>`, sync or async, asked last |
///
/// ```
/// use azure_auth::User;
/// use poem::handler;
///
/// #[azure_auth::protect(scopes = "openid email profile")]
/// #[handler]
/// fn me(user: User) -> String {
///     format!("Welcome, {}!", user.display_name())
/// }
/// ```
#[proc_macro_attribute]
pub fn protect(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let item = proc_macro2::TokenStream::from(item);
    let syntax = match syntax::Declaration::parse("protect", arguments.into(), item.clone()) {
        Ok(syntax) => syntax,
        Err(problems) => return expand::fallback::untouched(&problems, &item).into(),
    };
    match validate::protect::protect(&syntax) {
        Ok(protection) => expand::protect::protect(&protection, &syntax.handler).into(),
        Err(problems) => expand::fallback::protected(&problems, &syntax.handler).into(),
    }
}

/// Leaves a handler open on purpose. It stands above `#[handler]`.
///
/// `reason = "…"` goes into the report. A public handler takes `Option<User>`: one that demands a user is not public.
///
/// ```
/// use azure_auth::User;
/// use poem::handler;
///
/// #[azure_auth::public(reason = "the start page")]
/// #[handler]
/// fn home(user: Option<User>) -> String {
///     user.map_or("Please sign in.".to_owned(), |user| format!("Welcome, {}!", user.display_name()))
/// }
/// ```
#[proc_macro_attribute]
pub fn public(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let item = proc_macro2::TokenStream::from(item);
    let syntax = match syntax::Declaration::parse("public", arguments.into(), item.clone()) {
        Ok(syntax) => syntax,
        Err(problems) => return expand::fallback::untouched(&problems, &item).into(),
    };
    match validate::public::public(&syntax) {
        Ok(opening) => expand::public::public(&opening, &syntax.handler).into(),
        Err(problems) => expand::fallback::public(&problems, &syntax.handler).into(),
    }
}

/// The table of an application: paths, and for each what answers there. It gives an `azure_auth::Endpoints`.
///
/// ```
/// use poem::{get, handler};
///
/// #[azure_auth::public]
/// #[handler]
/// fn home() -> &'static str {
///     "hello"
/// }
///
/// #[azure_auth::protect]
/// #[handler]
/// fn file() -> &'static str {
///     "a file"
/// }
///
/// fn files() -> azure_auth::Endpoints {
///     azure_auth::endpoints! { "/:id" => get(file) }
/// }
///
/// let endpoints = azure_auth::endpoints! {
///     "/"       => get(home),
///     "/files"  => nest(files()),
///     "/health" => public(poem::endpoint::make_sync(|_| "ok"), reason = "asked by the load balancer"),
/// };
/// ```
///
/// Every handler must declare who may call it, with [`macro@protect`] or [`macro@public`]; one that does not is a
/// compile error at its name. Paths that are given twice, that shadow each other, are relative, or are among the
/// library's own are refused as well.
#[proc_macro]
pub fn endpoints(rows: TokenStream) -> TokenStream {
    let syntax = syntax::Endpoints::parse(rows.into());
    match validate::endpoints::endpoints(&syntax) {
        Ok(table) => expand::endpoints::endpoints(&table).into(),
        Err((problems, remains)) => expand::fallback::unmounted(&problems, &remains).into(),
    }
}
