//! The smallest program: one page for everyone, one for signed-in people.

#![allow(clippy::needless_pass_by_value, reason = "Poem hands arguments over by value")]

use azure_auth::{AzureAuth, Login, Prompt, User};
use azure_auth_emulator::Emulator;
use poem::listener::{Listener, TcpListener};
use poem::{Server, get, handler, web::Html};

#[azure_auth::public(reason = "the start page")]
#[handler]
fn home(user: Option<User>, login: Login) -> Html<String> {
    let login = login.return_to("/me");
    let other = login.clone().prompt(Prompt::SelectAccount).to_string().replace('&', "&amp;");
    let other = format!("<p><a href=\"{other}\">Sign in with another account</a></p>");
    match user {
        Some(_) => page("Home", &format!("<p>You are signed in.</p><a href=\"/me\">Your page</a>{other}")),
        None => {
            page("Home", &format!("<p>Nobody is signed in.</p><a href=\"{login}\">Sign in with Microsoft</a>{other}"))
        }
    }
}

#[azure_auth::protect(scopes = "openid email profile")]
#[handler]
fn me(user: User) -> Html<String> {
    let name = user.display_name().replace('&', "&amp;").replace('<', "&lt;");
    // The script lets this page learn that its session ended, in another tab for example.
    let body = "<form method=\"post\" action=\"/logout\"><button>Sign out</button></form>\
        <script src=\"/session/watch.js\"></script>";
    page(&format!("Welcome, {name}!"), body)
}

fn page(title: &str, body: &str) -> Html<String> {
    let head = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Quickstart</title>\
        <meta name=\"viewport\" content=\"width=device-width\"><meta name=\"color-scheme\" content=\"light dark\">\
        <style>body{font:1.1rem system-ui;max-width:32rem;margin:15vh auto;padding:0 1rem}button{font:inherit}</style>";
    Html(format!("{head}<main><h1>{title}</h1>{body}</main>"))
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    tracing_subscriber::fmt().with_writer(std::io::stderr).init();
    dotenvy::dotenv().ok();
    let bind = std::env::var("BIND").unwrap_or_else(|_| "127.0.0.1:3000".to_owned());

    // Without a tenant: a local Entra ID, if nobody else can reach this program and nothing is configured. If there is
    // none, the log says why.
    let emulator = Emulator::start_unless_configured(&bind).await?;
    let auth = match &emulator {
        Some(emulator) => AzureAuth::from_variables(emulator.env())?,
        None => AzureAuth::from_env()?,
    };

    let app = azure_auth::endpoints! {
        "/"   => get(home),
        "/me" => get(me),
    }
    .with(auth);
    let acceptor = TcpListener::bind(&bind).into_acceptor().await?;
    println!("Open http://{}", bind.replace("127.0.0.1", "localhost"));
    Server::new_with_acceptor(acceptor).run(app).await?;
    Ok(())
}
