//! An application that calls Microsoft Graph, as the browser sees it.

#![allow(clippy::needless_pass_by_value, reason = "Poem hands arguments over by value")]

use azure_auth::{AzureAuth, Endpoints, Token, TokenError, User, graph};
use azure_auth_emulator::{Emulator, TokenGrant};
use azure_auth_tests::application::Application;
use azure_auth_tests::scene::auth;
use poem::http::StatusCode;
use poem::http::header::{AUTHORIZATION, HeaderMap, HeaderValue};
use poem::web::{Data, Html};
use poem::{get, handler, post};

use crate::chromium::Chromium;

/// An application that calls Microsoft Graph, and the provider.
pub(crate) struct Office {
    application: Application,
    pub(crate) emulator: Emulator,
}

impl Office {
    /// `store`: where sessions and tokens are kept.
    pub(crate) async fn open(store: &str) -> Self {
        let emulator = Emulator::start().await.unwrap();
        let graph = Graph(emulator.origin().to_owned());
        let table = table(auth(&emulator, &[("AZURE_SESSION_STORE", store)]), graph);
        Self { application: Application::start(table).await, emulator }
    }

    pub(crate) fn at(&self, path: &str) -> String {
        self.application.at(path)
    }

    /// Whether the cookie is a session's.
    pub(crate) async fn knows(&self, cookie: &str) -> bool {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let call = client.get(self.at("/session")).header("cookie", cookie);
        let status = call.send().await.unwrap().status();
        assert!(status == 200 || status == 401, "{status}");
        status == 200
    }

    /// How often somebody came back from the provider.
    pub(crate) fn sign_ins(&self) -> usize {
        self.emulator.token_requests(TokenGrant::AuthorizationCode)
    }
}

pub(crate) async fn signs_in(chromium: &Chromium, office: &Office, name: &str) {
    chromium.open(&office.at("/me")).await;
    chromium.sees("Pick an account").await;
    chromium.clicks(name).await;
    chromium.sees(&format!("Welcome, {name}!")).await;
}

/// With the first consent.
pub(crate) async fn reads_mail(chromium: &Chromium, office: &Office, name: &str) {
    chromium.open(&office.at("/mail")).await;
    chromium.sees("Pick an account").await;
    chromium.clicks(name).await;
    chromium.sees("Permissions requested").await;
    chromium.clicks("Accept").await;
    chromium.sees("Mail").await;
}

/// The cookie of the session, of a page of the application.
pub(crate) async fn session_cookie(chromium: &Chromium) -> String {
    let cookies = chromium.session.get("cookie").await.unwrap();
    let mut cookies = cookies.as_array().unwrap().iter();
    let cookie = cookies.find(|cookie| cookie["name"].as_str().unwrap().contains("session")).expect("a session");
    format!("{}={}", cookie["name"].as_str().unwrap(), cookie["value"].as_str().unwrap())
}

/// Where Microsoft Graph is.
#[derive(Clone)]
struct Graph(String);

impl Graph {
    /// Status and headers of an answer, which tell whether it took the token, and its body.
    async fn get(&self, path: &str, token: &HeaderValue) -> (StatusCode, HeaderMap, String) {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let call = client.get(format!("{}{path}", self.0)).header(AUTHORIZATION, token);
        let answer = call.send().await.expect("an answer");
        let (status, headers) = (answer.status(), answer.headers().clone());
        (status, headers, answer.text().await.expect("a text"))
    }
}

fn table(auth: AzureAuth, graph: Graph) -> impl poem::IntoEndpoint<Endpoint: 'static> {
    rows().data(graph).with(auth)
}

fn rows() -> Endpoints {
    azure_auth::endpoints! {
        "/me"        => get(me),
        "/profile"   => get(profile),
        "/mail"      => get(mail),
        "/check"     => post(check),
        "/calendars" => get(calendars),
        "/directory" => get(directory),
    }
}

#[azure_auth::protect]
#[handler]
fn me(user: User) -> Html<String> {
    let form = "<form method=\"post\" action=\"/check\"><button>Check</button></form>";
    page(&format!("Welcome, {}!", user.display_name()), form)
}

#[azure_auth::protect]
#[handler]
async fn profile(token: Token<graph::UserRead>, graph: Data<&Graph>) -> Result<Html<String>, TokenError> {
    let (status, headers, body) = graph.get("/v1.0/me", token.authorization()).await;
    token.accepts(status, &headers)?;
    Ok(page("Profile", &body))
}

#[azure_auth::protect]
#[handler]
async fn mail(token: Token<graph::MailRead>, graph: Data<&Graph>) -> Result<Html<String>, TokenError> {
    let (status, headers, body) = graph.get("/v1.0/me/messages", token.authorization()).await;
    token.accepts(status, &headers)?;
    Ok(page("Mail", &body))
}

/// A form's, and nobody's to open.
#[azure_auth::protect]
#[handler]
async fn check(token: Token<graph::MailRead>, graph: Data<&Graph>) -> Result<Html<String>, TokenError> {
    let (status, headers, _) = graph.get("/v1.0/me/messages", token.authorization()).await;
    token.accepts(status, &headers)?;
    Ok(page("Checked", ""))
}

#[azure_auth::protect]
#[handler]
fn calendars(_: Token<graph::CalendarsRead>) -> Html<String> {
    page("Calendars", "")
}

#[azure_auth::protect]
#[handler]
fn directory(_: Token<graph::DirectoryReadAll>) -> Html<String> {
    page("Directory", "")
}

fn page(heading: &str, body: &str) -> Html<String> {
    Html(format!(
        "<!doctype html><html lang=\"en\"><title>{heading}</title><main><h1>{heading}</h1>{body}\
         <form method=\"post\" action=\"/logout\"><button>Sign out</button></form></main>"
    ))
}
