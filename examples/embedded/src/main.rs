//! An application that a portal of another site shows in a frame: people sign in from there in a window of its own.

#![allow(clippy::needless_pass_by_value, reason = "Poem hands arguments over by value")]

use azure_auth::{AzureAuthBuilder, User};
use azure_auth_emulator::Emulator;
use poem::listener::{Acceptor, Listener, TcpListener};
use poem::{EndpointExt, Route, Server, get, handler, web::Data, web::Html};

/// The library's script works on its buttons: no script of our own, no inline code.
#[azure_auth::public(reason = "what the portal shows")]
#[handler]
fn tab(user: Option<User>) -> Html<String> {
    let (title, buttons) = match user {
        Some(user) => (
            format!("Welcome, {}!", user.display_name().replace('&', "&amp;").replace('<', "&lt;")),
            "<button data-azure-auth=\"sign-out\">Sign out</button> \
             <button data-azure-auth=\"sign-out-at-provider\">Sign out of Microsoft as well</button>\
             <script src=\"/session/watch.js\"></script>",
        ),
        None => ("Nobody is signed in".to_owned(), "<button data-azure-auth=\"sign-in\">Sign in</button>"),
    };
    page(&title, &format!("{buttons}<p><a href=\"/notes\">Notes</a></p><script src=\"/session/embed.js\"></script>"))
}

/// In a frame, whoever is not signed in gets the library's page with the button that opens the window.
#[azure_auth::protect]
#[handler]
fn notes(user: User) -> Html<String> {
    page("Notes", &format!("<p>Only for {}.</p><a href=\"/\">Back</a>", user.id()))
}

/// Somebody else's page, at another site.
#[handler]
fn portal(Data(application): Data<&String>) -> Html<String> {
    page(
        "Portal",
        &format!("<iframe title=\"Application\" src=\"{application}/\" width=\"720\" height=\"420\"></iframe>"),
    )
}

fn page(title: &str, body: &str) -> Html<String> {
    let head = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Embedded</title>\
        <meta name=\"viewport\" content=\"width=device-width\"><meta name=\"color-scheme\" content=\"light dark\">\
        <style>body{font:1.1rem system-ui;max-width:46rem;margin:5vh auto;padding:0 1rem}button{font:inherit}iframe{max-width:100%}</style>";
    Html(format!("{head}<main><h1>{title}</h1>{body}</main>"))
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    tracing_subscriber::fmt().with_writer(std::io::stderr).init();
    dotenvy::dotenv().ok();
    let bind = std::env::var("BIND").unwrap_or_else(|_| "127.0.0.1:3000".to_owned());
    let application = format!("http://{}", bind.replace("127.0.0.1", "localhost"));

    // To browsers `127.0.0.1` and `localhost` are two sites, as a portal and an application are in life.
    let portal_acceptor = TcpListener::bind("127.0.0.1:0").into_acceptor().await?;
    let portal_address = portal_acceptor.local_addr()[0].to_string().replace("socket://", "http://");

    // Without a tenant: a local Entra ID, if nobody else can reach this program and nothing is configured. If there is
    // none, the log says why.
    let emulator = Emulator::start_unless_configured(&bind).await?;
    let builder = match &emulator {
        Some(emulator) => AzureAuthBuilder::from_variables(emulator.env()),
        None => AzureAuthBuilder::from_env(),
    };
    let auth = builder.frame_ancestors([portal_address.as_str()]).build()?;

    let app = azure_auth::endpoints! {
        "/"      => get(tab),
        "/notes" => get(notes),
    }
    .with(auth);
    let outside = Route::new().at("/", get(portal)).data(application);
    let acceptor = TcpListener::bind(&bind).into_acceptor().await?;
    println!("Open {portal_address}");
    tokio::try_join!(
        Server::new_with_acceptor(acceptor).run(app),
        Server::new_with_acceptor(portal_acceptor).run(outside)
    )?;
    Ok(())
}
