//! Sign in with Microsoft Entra ID for Poem: say on the handler who may call it.
//!
//! [`protect`] and [`public`] go above handlers, [`endpoints!`] is the table of paths, and [`AzureAuth`] makes their
//! declarations true: sign-in, sessions, sign-out, and refusals that explain themselves.
//!
//! # The smallest program
//!
//! ```no_run
//! use azure_auth::{AzureAuth, User};
//! use poem::{Server, get, handler, listener::TcpListener};
//!
//! #[azure_auth::public(reason = "the start page")]
//! #[handler]
//! fn home(user: Option<User>) -> String {
//!     user.map_or("Please go to /me.".to_owned(), |user| format!("Welcome back, {}!", user.display_name()))
//! }
//!
//! #[azure_auth::protect(scopes = "openid email profile")]
//! #[handler]
//! fn me(user: User) -> String {
//!     format!("Welcome, {}!", user.display_name())
//! }
//!
//! #[tokio::main]
//! async fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let app = azure_auth::endpoints! {
//!         "/"   => get(home),
//!         "/me" => get(me),
//!     }
//!     .with(AzureAuth::from_env()?);
//!     Server::new(TcpListener::bind("127.0.0.1:3000")).run(app).await?;
//!     Ok(())
//! }
//! ```
//!
//! It runs with three variables: `AZURE_CLIENT_ID`, `AZURE_CLIENT_SECRET`, and `AZURE_ISSUER_URI`, which is
//! `https://login.microsoftonline.com/<tenant id>` or any OpenID Connect issuer. The crate `azure-auth-emulator` is a
//! local Entra ID for the time before there is a tenant.
//!
//! # How a request travels
//!
//! ```text
//! browser
//!   → AzureAuth     outermost: answers /login, the callback, /logout and /session itself, before any route
//!     → guard       in front of each protected handler, before the body is read
//!         credential  an `Authorization` header decides alone; else the session cookie
//!         admission   what the handler declares, against who it is: admitted, sent to sign in, or refused and why
//!       → handler   with `User` among its arguments
//!   ← AzureAuth     turns errors into answers, so that no cookie of the request is lost with them
//! ```
//!
//! A person who opens a page without a session is sent to the provider, and comes back to that page. A form that is
//! sent without one gets a page with status 401, everything else 401 with `application/problem+json`. A person who
//! is signed in and belongs to a tenant that the handler does not admit gets 403, and so does a request that another
//! site caused. Each refusal has a stable [code](Refused::code) and one line in the log.
//!
//! A protected handler that is not inside [`AzureAuth`] answers 500 and never runs.
//!
//! # A router of one's own
//!
//! Programs may keep their `poem::Route`. The guard is the same; what is missing is the compile-time check that every
//! row says who may call it, and the report. [`AzureAuth`] cannot see what handlers in a router declare, so groups that they
//! name are not asked for at sign-in unless [`AzureAuthBuilder::groups`] names them: until then it is not known whether a person of
//! a session belongs to them, which is neither yes nor no, and refuses. What answers there without having said who may call
//! it is named once in the log; [`AzureAuthBuilder::undeclared`] withholds its answers, and [`open!`] says that a router is open on
//! purpose.
//!
//! ```no_run
//! use azure_auth::AzureAuth;
//! use poem::{EndpointExt, Route, get, handler};
//!
//! #[azure_auth::protect]
//! #[handler]
//! fn report() -> &'static str {
//!     "for signed-in people"
//! }
//!
//! # fn main() -> Result<(), azure_auth::ConfigurationError> {
//! let app = Route::new().at("/report", get(report)).with(AzureAuth::from_env()?);
//! # Ok(())
//! # }
//! ```
//!
//! # Where to look
//!
//! | for | see |
//! |---|---|
//! | who may call a handler | [`protect`], [`public`] |
//! | the table of an application | [`endpoints!`], [`Endpoints`] |
//! | who may call a directory, a router or a whole table | `protect(…)` in [`endpoints!`], [`guard!`] |
//! | what an application allows, to read and to review | [`Endpoints::report`], [`assert_authorization_lock!`] |
//! | whether a program is set up right, and what a token opens | [`Inspection`] |
//! | names for app roles, scopes and groups, and for permissions of other APIs | [`app!`], [`graph`](mod@graph) |
//! | clients of the Azure SDK for a person, or for the program | `Principal::token_credential`, `AzureAuth::application_credential` |
//! | configuration | [`AzureAuth::from_env`], [`AzureAuthBuilder`], [`ConfigurationError`] |
//! | who is signed in | [`User`], and [`UserId`] for what to store |
//! | how a caller came, and what is known of them | [`Principal`], [`Answer`] |
//! | links and redirects to sign in and out, "Sign in with another account" | [`Login`], [`Logout`], [`Prompt`] |
//! | proof of a role, scope or group as an argument | [`Has`] |
//! | what a `check` loaded as an argument | [`Checked`] |
//! | a refusal in the application's own words | [`Refusal`] |
//! | a token for Microsoft Graph or another API, for the person or for the program | [`Token`], [`ApplicationToken`], [`graph`] |
//! | why there is no such token, and what the caller is told | [`TokenError`] |
//! | a token that came by a queue or a socket | [`AzureAuth::validate`] |
//! | what says nothing in a router of one's own | [`AzureAuthBuilder::undeclared`], [`open!`] |
//! | refusals, and error handlers of one's own | [`Refused`] |
//! | what happens, told to the application, and written for an audit | [`AuthEvents`], [`AuditLog`] |
//! | whether the application can do its work | [`AzureAuth::ready`] |
//! | the library's pages in one's own looks | [`AzureAuthBuilder::pages`], [`Page`] |
//!
//! The repository has more: how to register an application, every variable with its messages, how other APIs are called
//! (`docs/downstream.md`: consent, renewal, jobs), where the layer goes among the rest of a Poem application (`docs/poem.md`:
//! middleware, CORS, prefixes, GraphQL, sockets, tests), and in
//! `SECURITY.md` what is promised and what is not.
//!
//! # Features
//!
//! * `azure-sdk`: [credentials](https://docs.rs/azure_core) for clients of the Azure SDK for Rust, that act for the person who
//!   calls or for the program: `Principal::token_credential` and `AzureAuth::application_credential`. Of `azure_core` it takes
//!   what credentials are and nothing else: how clients reach Azure, the program chooses.
//! * `metrics`: sign-ins by outcome, refusals by code, sessions, cache hits, the age of keys, and how long the provider and the
//!   session store take, for the recorder that the program has installed with the crate `metrics` before there is an
//!   [`AzureAuth`]. Names, units and labels are in `docs/operations.md`. Without it nothing of this is compiled.
//! * `openapi`: `protect_api` for APIs of poem-openapi, and the module `openapi`, which serves their document with the
//!   scopes of each operation, and Swagger UI that signs in. It changes nothing else.
//! * `redis`: sessions on a Redis server that replicas share, with `AZURE_SESSION_STORE=redis://…` or `rediss://…`.
//!   Without it such an address is a mistake in the configuration.
//! * `testing`: the module `testing` with callers of every kind for an application's own tests, and `denial_matrix`, which
//!   tries every way to be refused. It makes nothing else accept them.

#![cfg_attr(docsrs, feature(doc_cfg))]

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;
#[cfg(test)]
mod documented_numbers;
#[cfg(test)]
mod explained_refusals;
pub mod graph;
mod io;
mod model;
mod rules;
#[cfg(feature = "testing")]
#[cfg_attr(docsrs, doc(cfg(feature = "testing")))]
pub mod testing;
mod web;

pub use azure_auth_macros::{app, endpoints, guard, open, protect, public};
pub use azure_auth_policy::{Guid, GuidError};

/// With the feature `openapi`: the document of an API of poem-openapi, and Swagger UI, as the provider and the declarations have them.
#[cfg(feature = "openapi")]
#[cfg_attr(docsrs, doc(cfg(feature = "openapi")))]
pub mod openapi {
    pub use crate::web::layer::openapi::{spec_endpoint, swagger_ui};
}
/// With the feature `openapi`.
///
#[cfg(feature = "openapi")]
#[cfg_attr(docsrs, doc(cfg(feature = "openapi")))]
pub use azure_auth_macros::protect_api;
/// With the feature `redis`.
///
#[cfg(feature = "redis")]
#[cfg_attr(docsrs, doc(cfg(feature = "redis")))]
pub use io::sessions::redis::credentials::RedisCredentials;
pub use model::answer::Answer;
pub use model::callers::identity::{UserId, UserIdError};
pub use model::policies::vocabulary::{AppRoleName, GroupName, PolicyName, ScopeName};
pub use model::refusals::diagnosis::Diagnosis;
pub use model::refusals::explain::explain;
pub use model::refusals::explanation::{Explanation, Responsible};
pub use model::refusals::page_kind::PageKind;
pub use model::refusals::refusal::Refusal;
pub use model::registration::vocabulary::Vocabulary;
pub use model::sessions::prompt::Prompt;
pub use model::settings::session_store::SessionStore;
pub use model::settings::undeclared::Undeclared;
pub use rules::configuration::settings::{ConfigurationError, ConfigurationProblem};
pub use rules::policy::report::Report;
pub use web::application::events::AuthEvents;
pub use web::application::events::audit_log::AuditLog;
pub use web::application::events::sign_in::SignIn;
pub use web::application::events::sign_out::SignOut;
pub use web::application::events::told_request::{AdmittedRequest, EventCaller, RefusedRequest};
pub use web::application::readiness::{Readiness, ReadyEndpoint};
pub use web::application::user::User;
pub use web::handler::application_token::ApplicationToken;
pub use web::handler::checked::Checked;
pub use web::handler::has::Has;
pub use web::handler::login::{Login, LoginRedirect, Logout};
pub use web::handler::principal::{Application, CredentialKind, Principal};
pub use web::handler::router_guard::{Guard, GuardedEndpoint, Open, OpenedEndpoint};
pub use web::handler::token::Token;
pub use web::layer::azure_auth::{AzureAuth, ProviderUnavailable, SessionStoreUnavailable};
pub use web::layer::builder::AzureAuthBuilder;
pub use web::layer::endpoints::Endpoints;
pub use web::layer::inspection::command_line::Inspection;
pub use web::layer::protected::Protected;
pub use web::layer::validate::TokenRefused;
pub use web::pages::page::{Page, PageAction};
pub use web::pages::refused::Refused;
pub use web::pages::refused_form::RefusedForm;
pub use web::tokens::token_error::TokenError;

/// Fails a test when the application allows something else than its lock file says.
///
/// The file has one line for each method of each path, in the words of the attribute, sorted by path: it is committed and
/// reviewed with the code. Its path is relative to the manifest of the crate. The test says of each row what happened to
/// it: added, removed, widened (somebody is admitted who was not, and nobody is refused), narrowed (the opposite), or
/// changed, where it is neither; and whether it begins to take tokens for other APIs, takes others, or none any more.
///
/// Scopes of OpenID Connect refuse nobody, and are not in the file.
///
/// `AZURE_AUTH_UPDATE_LOCK=1` in the environment of the test writes the file anew. Where a name is a scope in one row and
/// an app role in another, the test prints a note.
///
/// ```
/// # use azure_auth::Endpoints;
/// # use poem::{get, handler};
/// # #[azure_auth::protect(scopes = "Files.Read")]
/// # #[handler]
/// # fn read_files() -> &'static str { "files" }
/// fn app() -> Endpoints {
///     azure_auth::endpoints! { "/files" => get(read_files) }
/// }
///
/// // #[test]
/// fn nobody_is_let_in_without_a_review() {
///     azure_auth::assert_authorization_lock!("tests/authorization.lock", app());
/// }
/// # nobody_is_let_in_without_a_review();
/// ```
///
/// # Panics
/// There is no such file, or it says something else.
#[macro_export]
macro_rules! assert_authorization_lock {
    ($file:expr, $endpoints:expr $(,)?) => {
        $crate::__private::assert_authorization_lock(::core::env!("CARGO_MANIFEST_DIR"), $file, &$endpoints)
    };
}
