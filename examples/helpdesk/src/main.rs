//! A help desk: people open tickets, administrators answer them, a job exports them, and a page of the intranet shows
//! them. Everything that decides who may do what is in `protect`, `public` and one `check`.

#![allow(clippy::needless_pass_by_value, reason = "Poem hands arguments over by value")]

mod api;
mod database;
mod graphql;
mod live;
mod pages;
#[cfg(test)]
mod tests;
mod vocabulary;

use azure_auth::{AuditLog, AzureAuthBuilder, Endpoints};
use azure_auth_emulator::Emulator;
use poem::endpoint::{StaticFilesEndpoint, make_sync};
use poem::listener::{Acceptor, Listener, TcpListener};
use poem::middleware::Cors;
use poem::web::Html;
use poem::{Server, get, post};

use crate::database::Database;
use crate::vocabulary::{Admin, Export, TicketsRead, TicketsWrite};

fn endpoints(database: &Database) -> Endpoints {
    azure_auth::endpoints! {
        "/"         => nest(pages::endpoints()),
        "/api"      => nest(api::endpoints()),
        "/graphql"  => post(graphql::graphql),
        "/live"     => get(live::live),
        "/handbook" => protect(directory("handbook"), roles = Admin),
        "/assets"   => public(directory("assets"), reason = "the style sheet and a script"),
    }
    .data(graphql::schema(database.clone()))
    .data(database.clone())
}

fn directory(name: &str) -> StaticFilesEndpoint {
    StaticFilesEndpoint::new(format!("{}/{name}", env!("CARGO_MANIFEST_DIR"))).index_file("index.html")
}

/// Who came, went and was refused. What people did is noted where it is done, in the same transaction.
fn audit_log() -> std::io::Result<AuditLog> {
    std::env::var("AUDIT_LOG").map_or_else(|_| AuditLog::new(std::io::stderr()), AuditLog::to_file)
}

/// For running without a tenant: Adele answers tickets, Alex and the others open them.
fn local_entra_id() -> azure_auth_emulator::EmulatorBuilder {
    Emulator::builder()
        .scopes([String::from(TicketsRead), TicketsWrite.into()])
        .assign("adele@contoso.test", Admin)
        .grant("Local daemon", Export)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    tracing_subscriber::fmt().with_writer(std::io::stderr).init();
    dotenvy::dotenv().ok();
    let database = Database::open(&std::env::var("DATABASE").unwrap_or_else(|_| ":memory:".to_owned()))?;
    let bind = std::env::var("BIND").unwrap_or_else(|_| "127.0.0.1:3000".to_owned());
    let address = format!("http://{}", bind.replace("127.0.0.1", "localhost"));
    // Another port is another origin, and the same site: as `intranet.example.com` is to `helpdesk.example.com`.
    let intranet = TcpListener::bind("127.0.0.1:0").into_acceptor().await?;
    let intranet_address = intranet.local_addr()[0].to_string().replace("socket://127.0.0.1", "http://localhost");

    let emulator = local_entra_id().start_unless_configured(&bind).await?;
    let auth = emulator
        .as_ref()
        .map_or_else(AzureAuthBuilder::from_env, |emulator| AzureAuthBuilder::from_variables(emulator.env()))
        .trusted_origins([intranet_address.as_str()])
        .pages(pages::in_our_looks)
        .auth_events(audit_log()?)
        .build()?;
    let page = Html(include_str!("../html/intranet.html").replace("{helpdesk}", &address));
    // To Poem our own pages are of another origin as well, unless they are named.
    let cors = Cors::new().allow_origins([address.as_str(), &intranet_address]).allow_credentials(true);

    let acceptor = TcpListener::bind(&bind).into_acceptor().await?;
    println!("Open {address}\nThe intranet: {intranet_address}");
    if let Some(emulator) = &emulator {
        let token = format!("$(curl -s -d client='Local daemon' {}/emulator/tokens)", emulator.origin());
        println!("The job: curl -H \"Authorization: Bearer {token}\" {address}/api/export");
    }
    tokio::try_join!(
        Server::new_with_acceptor(acceptor).run(endpoints(&database).with(auth).with(cors)),
        Server::new_with_acceptor(intranet).run(make_sync(move |_| page.clone())),
    )?;
    Ok(())
}
