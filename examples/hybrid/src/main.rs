//! Pages and an API in one program: browsers come with a session, API clients with an access token, and the same
//! handlers serve both.

#![allow(clippy::needless_pass_by_value, reason = "Poem hands arguments over by value")]

#[cfg(test)]
mod authorization;
mod curl;
mod live;

use std::process::ExitCode;

use azure_auth::{AzureAuth, AzureAuthBuilder, Endpoints, Inspection, Principal, User};
use azure_auth_emulator::Emulator;
use poem::endpoint::StaticFilesEndpoint;
use poem::listener::{Listener, TcpListener};
use poem::web::{Html, Json};
use poem::{Server, get, handler};
use serde::Serialize;

/// What the API answers, whoever asks.
#[derive(Serialize)]
struct Answer {
    caller: &'static str,
    id: Option<String>,
    tenant: Option<String>,
    text: &'static str,
}

impl Answer {
    fn new(text: &'static str, principal: Option<&Principal>) -> Json<Self> {
        let user = principal.and_then(Principal::user);
        let application = principal.and_then(Principal::application);
        let (caller, id) = match (&user, &application) {
            (Some(user), _) => ("user", Some(user.id().to_string())),
            (None, Some(application)) => ("application", Some(application.client_id().to_owned())),
            (None, None) => ("nobody", None),
        };
        let tenant = principal.and_then(Principal::tenant_id).map(|tenant| tenant.to_string());
        Json(Self { caller, id, tenant, text })
    }
}

#[azure_auth::public(reason = "the start page")]
#[handler]
fn home(user: Option<User>) -> Html<String> {
    match user {
        Some(_) => page("Home", "<p>You are signed in.</p><p><a href=\"/me\">Your page</a></p>"),
        None => page("Home", "<p><a href=\"/login?return_to=/me\">Sign in with Microsoft</a></p>"),
    }
}

#[azure_auth::protect(scopes = "openid email profile", via = session)]
#[handler]
fn me(user: User) -> Html<String> {
    let name = user.display_name().replace('&', "&amp;").replace('<', "&lt;");
    // The script lets this page learn that its session ended, in another tab for example.
    let body = "<form method=\"post\" action=\"/logout\"><button>Sign out</button></form>\
        <script src=\"/session/watch.js\"></script>";
    page(&format!("Welcome, {name}!"), body)
}

#[azure_auth::public(reason = "says nothing that is not on the start page")]
#[handler]
fn api_public(principal: Option<Principal>) -> Json<Answer> {
    Answer::new("open to everyone", principal.as_ref())
}

#[azure_auth::protect]
#[handler]
fn api_me(principal: Principal) -> Json<Answer> {
    Answer::new("for whoever is signed in", Some(&principal))
}

#[azure_auth::protect(roles = "Admin")]
#[handler]
fn api_admin(principal: Principal) -> Json<Answer> {
    Answer::new("for administrators", Some(&principal))
}

#[azure_auth::protect(scopes = "Files.Read", application_roles = "Files.Read.All")]
#[handler]
fn read_files(principal: Principal) -> Json<Answer> {
    Answer::new("files", Some(&principal))
}

#[azure_auth::protect(scopes = "Files.ReadWrite")]
#[handler]
fn write_file(principal: Principal) -> Json<Answer> {
    Answer::new("written", Some(&principal))
}

#[azure_auth::protect(groups = "cccccccc-0000-4000-8000-000000000001")]
#[handler]
fn api_staff(principal: Principal) -> Json<Answer> {
    Answer::new("for members of the group Staff", Some(&principal))
}

fn page(title: &str, body: &str) -> Html<String> {
    let head = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Hybrid</title>\
        <meta name=\"viewport\" content=\"width=device-width\"><meta name=\"color-scheme\" content=\"light dark\">\
        <style>body{font:1.1rem system-ui;max-width:32rem;margin:15vh auto;padding:0 1rem}button{font:inherit}</style>";
    Html(format!("{head}<main><h1>{title}</h1>{body}</main>"))
}

/// A directory: its files are for whom the row admits.
fn handbook() -> StaticFilesEndpoint {
    StaticFilesEndpoint::new(concat!(env!("CARGO_MANIFEST_DIR"), "/handbook")).index_file("index.html")
}

fn endpoints() -> Endpoints {
    azure_auth::endpoints! {
        "/"           => get(home),
        "/me"         => get(me),
        "/api/public" => get(api_public),
        "/api/me"     => get(api_me),
        "/api/admin"  => get(api_admin),
        "/api/files"  => get(read_files).post(write_file),
        "/api/staff"  => get(api_staff),
        "/api/live"   => get(live::live),
        "/handbook"   => protect(handbook(), groups = "cccccccc-0000-4000-8000-000000000001"),
    }
}

/// What the handlers above ask for, as the app registration has it, and who has it. The names are the texts of the
/// attributes; a test finds one that is missing here.
fn local_entra_id() -> azure_auth_emulator::EmulatorBuilder {
    Emulator::builder()
        .scopes(["Files.Read", "Files.ReadWrite"])
        .assign("adele@contoso.test", "Admin")
        .grant("Local daemon", "Files.Read.All")
        .group("cccccccc-0000-4000-8000-000000000001", "Staff")
        .member("adele@contoso.test", "cccccccc-0000-4000-8000-000000000001")
}

#[tokio::main]
async fn main() -> Result<ExitCode, Box<dyn std::error::Error>> {
    dotenvy::dotenv().ok();
    if let Some(inspection) = Inspection::from_args(std::env::args()) {
        return Ok(inspection.run(&endpoints(), AzureAuthBuilder::from_env()).await);
    }

    tracing_subscriber::fmt().with_writer(std::io::stderr).init();
    let bind = std::env::var("BIND").unwrap_or_else(|_| "127.0.0.1:3000".to_owned());
    let address = format!("http://{}", bind.replace("127.0.0.1", "localhost"));

    // Without a tenant: a local Entra ID, if nobody else can reach this program and nothing is configured. If there is
    // none, the log says why.
    let emulator = local_entra_id().start_unless_configured(&bind).await?;
    let auth = match &emulator {
        Some(emulator) => AzureAuth::from_variables(emulator.env())?,
        None => AzureAuth::from_env()?,
    };

    let acceptor = TcpListener::bind(bind).into_acceptor().await?;
    println!("Open {address}");
    if let Some(emulator) = &emulator {
        curl::print(&address, emulator.origin());
    }
    Server::new_with_acceptor(acceptor).run(endpoints().with(auth)).await?;
    Ok(ExitCode::SUCCESS)
}
