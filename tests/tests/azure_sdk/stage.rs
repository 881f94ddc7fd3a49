//! An application whose handlers hand credentials to the SDK, its provider, and a browser.

#![allow(clippy::needless_pass_by_value, reason = "Poem hands arguments over by value")]

use std::sync::{Arc, Mutex};

use azure_auth::{AzureAuth, Endpoints, Principal, Token, TokenError, graph};
use azure_auth_emulator::Emulator;
use azure_auth_tests::application::Application;
use azure_auth_tests::browser::{Browser, Page};
use azure_auth_tests::{log, scene};
use azure_core::credentials::{AccessToken, TokenCredential};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use poem::http::StatusCode;
use poem::web::{Data, Json, Query};
use poem::{Error, Result, Route, get, handler};
use serde::Deserialize;
use serde_json::{Value, json};

azure_auth::app! {
    downstream: {
        storage("https://storage.azure.com") { Impersonation("user_impersonation") = "Read the person's blobs" },
    },
}

pub(crate) const STORAGE: &str = "https://storage.azure.com/.default";
pub(crate) const GRAPH: &str = "https://graph.microsoft.com/.default";

/// A credential that outlives its request.
#[derive(Clone, Default)]
pub(crate) struct Kept(Arc<Mutex<Option<Arc<dyn TokenCredential>>>>);

impl Kept {
    fn put(&self, credential: Arc<dyn TokenCredential>) {
        *self.0.lock().unwrap() = Some(credential);
    }

    pub(crate) fn take(&self) -> Arc<dyn TokenCredential> {
        self.0.lock().unwrap().take().expect("a credential")
    }
}

/// What a client asks for, as the SDK writes it.
#[derive(Deserialize)]
struct Asked {
    scope: String,
}

/// What a token says of itself.
pub(crate) fn claims(token: &AccessToken) -> Value {
    let payload = token.token.secret().split('.').nth(1).expect("a token in three parts");
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap()
}

/// Asks as a client does, and says for whom the token is.
async fn ask(principal: &Principal, scope: &str) -> Result<Json<Value>> {
    let token = principal.token_credential().get_token(&[scope], None).await.map_err(no_answer)?;
    let claims = claims(&token);
    Ok(Json(json!({"aud": claims["aud"], "scp": claims["scp"], "oid": claims["oid"]})))
}

fn no_answer(error: azure_core::Error) -> Error {
    TokenError::of_sdk(&error)
        .map_or_else(|| Error::from_string(error.to_string(), StatusCode::BAD_GATEWAY), Error::from)
}

#[azure_auth::protect(downstream = storage::Impersonation)]
#[handler]
async fn declared(principal: Principal, asked: Query<Asked>) -> Result<Json<Value>> {
    ask(&principal, &asked.scope).await
}

#[azure_auth::protect]
#[handler]
async fn of_graph(principal: Principal, _: Token<graph::UserRead>, asked: Query<Asked>) -> Result<Json<Value>> {
    ask(&principal, &asked.scope).await
}

#[azure_auth::protect]
#[handler]
async fn undeclared(principal: Principal, asked: Query<Asked>) -> Result<Json<Value>> {
    ask(&principal, &asked.scope).await
}

/// For Graph it needs less than other handlers, and runs without anything.
#[azure_auth::protect]
#[handler]
async fn perhaps(principal: Principal, _: Option<Token<graph::MailRead>>, asked: Query<Asked>) -> Result<Json<Value>> {
    ask(&principal, &asked.scope).await
}

#[azure_auth::protect(downstream = storage::Impersonation)]
#[handler]
fn keep(principal: Principal, kept: Data<&Kept>) -> String {
    let credential = principal.token_credential();
    let debug = format!("{credential:?}");
    kept.put(credential);
    debug
}

fn rows() -> Endpoints {
    azure_auth::endpoints! {
        "/declared"   => get(declared),
        "/graph"      => get(of_graph),
        "/undeclared" => get(undeclared),
        "/perhaps"    => get(perhaps),
        "/keep"       => get(keep),
    }
}

/// Somebody at a browser, an application with clients of the SDK, and the provider they both know.
pub(crate) struct Stage {
    pub(crate) emulator: Emulator,
    pub(crate) application: Application,
    pub(crate) browser: Browser,
    pub(crate) kept: Kept,
}

impl Stage {
    pub(crate) async fn new(store: &str) -> Self {
        let emulator = Emulator::start().await.unwrap();
        let kept = Kept::default();
        let application = Application::start(rows().data(kept.clone()).with(auth(&emulator, store))).await;
        Self { emulator, application, browser: Browser::new(), kept }
    }

    /// The same handlers in a router, of which nothing is known before they are called.
    pub(crate) async fn of_router() -> Self {
        let emulator = Emulator::start().await.unwrap();
        let route = Route::new().at("/declared", get(declared)).at("/undeclared", get(undeclared));
        let application = Application::start(poem::EndpointExt::with(route, auth(&emulator, "memory"))).await;
        Self { emulator, application, browser: Browser::new(), kept: Kept::default() }
    }

    pub(crate) fn at(&self, path: &str) -> String {
        self.application.at(path)
    }

    /// A person opens a page, signs in where that is asked, and agrees to what is new.
    pub(crate) async fn visit(&self, path: &str) -> Page {
        self.browser.visit_as("Adele", self.at(path)).await
    }

    /// A program calls with a token of a person.
    pub(crate) async fn call(&self, path: &str, token: &str) -> Page {
        let call = self.browser.program(poem::http::Method::GET, self.at(path));
        call.header("authorization", &format!("Bearer {token}")).send().await
    }
}

fn auth(emulator: &Emulator, store: &str) -> AzureAuth {
    log::install();
    scene::auth(emulator, &[("AZURE_SESSION_STORE", store)])
}
