//! An application that calls other APIs, its provider, and a browser.

#![allow(clippy::needless_pass_by_value, reason = "Poem hands arguments over by value")]

use std::cell::RefCell;

use azure_auth::{ApplicationToken, AzureAuth, Endpoints, Principal, Token, TokenError, User, graph};
use azure_auth_emulator::Emulator;
use azure_auth_tests::application::Application;
use azure_auth_tests::browser::{Browser, Page};
use azure_auth_tests::{log, scene};
use poem::http::StatusCode;
use poem::web::Data;
use poem::{get, handler, post};

azure_auth::app! {
    downstream: {
        storage("https://storage.azure.com") { Impersonation("user_impersonation") = "Read and write the person's blobs" },
    },
}

pub(crate) const ADELE: &str = "Adele";

thread_local! {
    static SEEN: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// The tokens that handlers sent to Graph on this thread.
pub(crate) fn seen_tokens() -> Vec<String> {
    SEEN.take()
}

/// Microsoft Graph of the local Entra ID.
#[derive(Clone)]
pub(crate) struct Graph {
    pub(crate) origin: String,
    http: reqwest::Client,
}

impl Graph {
    /// Asks with a token, and gives status and headers of the answer with its body.
    async fn get(&self, path: &str, token: &poem::http::HeaderValue) -> (StatusCode, poem::http::HeaderMap, String) {
        SEEN.with_borrow_mut(|seen| seen.push(token.to_str().expect("a token").replace("Bearer ", "")));
        let request = self.http.get(format!("{}{path}", self.origin)).header("authorization", token);
        let answer = request.send().await.expect("an answer");
        let (status, headers) = (answer.status(), answer.headers().clone());
        (status, headers, answer.text().await.expect("a text"))
    }
}

#[azure_auth::public(reason = "the start page")]
#[handler]
fn home(user: Option<User>, token: Option<Token<graph::MailRead>>) -> String {
    format!("{} {}", user.is_some(), token.is_some())
}

#[azure_auth::protect]
#[handler]
fn me(user: User) -> String {
    user.display_name().to_owned()
}

#[azure_auth::protect]
#[handler]
async fn profile(token: Token<graph::UserRead>, graph: Data<&Graph>) -> Result<String, TokenError> {
    let (status, headers, body) = graph.get("/v1.0/me", token.authorization()).await;
    token.accepts(status, &headers)?;
    Ok(format!("{status} {body}"))
}

#[azure_auth::protect]
#[handler]
async fn mail(token: Token<graph::MailRead>, graph: Data<&Graph>) -> Result<String, TokenError> {
    let (status, headers, body) = graph.get("/v1.0/me/messages", token.authorization()).await;
    token.accepts(status, &headers)?;
    Ok(format!("{status} {body}"))
}

#[azure_auth::protect(downstream = graph::MailRead)]
#[handler]
async fn later(principal: Principal) -> Result<String, TokenError> {
    let token = principal.token::<graph::MailRead>().await?;
    Ok(format!("{}", token.authorization().is_sensitive()))
}

#[azure_auth::protect]
#[handler]
async fn undeclared(principal: Principal) -> Result<String, TokenError> {
    principal.token::<graph::CalendarsRead>().await.map(|_| "a token".to_owned())
}

#[azure_auth::protect]
#[handler]
fn directory(_: Token<graph::DirectoryReadAll>) -> &'static str {
    "the directory"
}

#[azure_auth::protect]
#[handler]
fn both(_: Token<graph::UserRead>, _: Token<storage::Impersonation>) -> &'static str {
    "two tokens"
}

#[azure_auth::protect(roles = "Nobody.Has.This")]
#[handler]
fn refused(_: Token<graph::MailRead>) -> &'static str {
    "mail"
}

#[azure_auth::protect(application_roles = "Files.Read.All")]
#[handler]
fn organization(_: ApplicationToken<graph::Resource>) -> &'static str {
    "the organization"
}

#[azure_auth::protect(allow = user() || application_role("Files.Read.All"))]
#[handler]
fn for_both(_: Token<graph::MailRead>) -> &'static str {
    "mail"
}

/// Every row that this suite asks for.
pub(crate) fn table(auth: AzureAuth, graph: Graph) -> impl poem::IntoEndpoint<Endpoint: 'static> {
    rows().data(graph).with(auth)
}

fn rows() -> Endpoints {
    azure_auth::endpoints! {
        "/"             => get(home),
        "/me"           => get(me),
        "/profile"      => get(profile),
        "/mail"         => get(mail).post(mail),
        "/later"        => get(later),
        "/undeclared"   => get(undeclared),
        "/directory"    => get(directory),
        "/both"         => get(both),
        "/refused"      => post(refused).get(refused),
        "/organization" => get(organization),
        "/for-both"     => get(for_both),
    }
}

/// Somebody at a browser, an application that calls Graph, and the provider they both know.
pub(crate) struct Stage {
    pub(crate) emulator: Emulator,
    pub(crate) application: Application,
    pub(crate) browser: Browser,
    graph: Graph,
}

impl Stage {
    pub(crate) async fn new(store: &str) -> Self {
        Self::of(Emulator::start().await.unwrap(), &[("AZURE_SESSION_STORE", store)]).await
    }

    pub(crate) async fn of(emulator: Emulator, changes: &[(&str, &str)]) -> Self {
        let auth = scene::auth(&emulator, changes);
        Self::with(emulator, auth).await
    }

    pub(crate) async fn with(emulator: Emulator, auth: AzureAuth) -> Self {
        log::install();
        let http = reqwest::Client::builder().no_proxy().tls_certs_only([]).build().unwrap();
        let graph = Graph { origin: emulator.origin().to_owned(), http };
        let application = Application::start(table(auth, graph.clone())).await;
        Self { emulator, application, browser: Browser::new(), graph }
    }

    pub(crate) fn at(&self, path: &str) -> String {
        self.application.at(path)
    }

    /// The program starts anew at the same address, and has nothing in hand.
    pub(crate) fn restarted(&self, store: &str) -> &Self {
        let auth = scene::auth(&self.emulator, &[("AZURE_SESSION_STORE", store)]);
        self.application.restart(table(auth, self.graph.clone()));
        self
    }

    /// Adele agreed to a permission before.
    pub(crate) fn agreed(&self, scope: &str) {
        self.emulator.consent("adele@contoso.test", "Local application", scope).unwrap();
    }

    /// A person opens a page, signs in where that is asked, and agrees to what is new.
    pub(crate) async fn visit(&self, path: &str) -> Page {
        self.visit_as(ADELE, path).await
    }

    pub(crate) async fn visit_as(&self, name: &str, path: &str) -> Page {
        self.browser.visit_as(name, self.at(path)).await
    }
}

/// The scopes that a redirect to the provider asks for.
pub(crate) fn scopes(page: &Page) -> Vec<String> {
    let scope = page.location_parameter("scope").unwrap_or_else(|| panic!("{page:?} asks for nothing"));
    scope.split(' ').map(ToOwned::to_owned).collect()
}
