//! Microsoft Graph for the person who signed in. Each handler takes the token that it needs, and whoever opens its page for
//! the first time is asked whether they agree.

#![allow(clippy::needless_pass_by_value, reason = "Poem hands arguments over by value")]

mod api;
#[cfg(all(test, feature = "azure-sdk"))]
mod authorization;
#[cfg(feature = "azure-sdk")]
mod blobs;
mod graph;
mod pages;

use std::env;
use std::process::ExitCode;

use azure_auth::{AzureAuthBuilder, Endpoints, Inspection, SessionStore};
use azure_auth_emulator::{Emulator, EmulatorBuilder};
use poem::listener::{Listener, TcpListener};
use poem::{Server, get};

use crate::api::ReportReadAll;
#[cfg(feature = "azure-sdk")]
use crate::blobs::{Container, your_blobs};
use crate::graph::Graph;
#[cfg(not(feature = "azure-sdk"))]
use crate::pages::your_blobs;

fn endpoints() -> Endpoints {
    azure_auth::endpoints! {
        "/"                 => get(pages::home),
        "/me"               => get(pages::me),
        "/profile"          => get(pages::profile),
        "/mail"             => get(pages::mail),
        "/blobs"            => get(your_blobs),
        "/api/profile"      => get(api::profile),
        "/api/mail"         => get(api::mail),
        "/api/organization" => get(api::organization),
    }
}

/// For running without a tenant: a job may ask for the report. Its people and what they can agree to are there already.
fn local_entra_id() -> EmulatorBuilder {
    Emulator::builder().grant("Local daemon", ReportReadAll)
}

/// The tokens of people lie beside their sessions on the server: a cookie has no room for them.
fn configured(builder: AzureAuthBuilder) -> AzureAuthBuilder {
    // `graph.rs` shows every answer to `accepts`.
    let builder = builder.handles_claims_challenges();
    let is_chosen = env::var("AZURE_SESSION_STORE").is_ok_and(|store| !store.trim().is_empty());
    if is_chosen { builder } else { builder.session_store(SessionStore::Memory) }
}

#[tokio::main]
async fn main() -> Result<ExitCode, Box<dyn std::error::Error>> {
    dotenvy::dotenv().ok();
    if let Some(inspection) = Inspection::from_args(env::args()) {
        let inspection = inspection.vocabulary(api::VOCABULARY);
        #[cfg(feature = "azure-sdk")]
        let inspection = inspection.vocabulary(blobs::VOCABULARY);
        return Ok(inspection.run(&endpoints(), configured(AzureAuthBuilder::from_env())).await);
    }

    tracing_subscriber::fmt().with_writer(std::io::stderr).init();
    let bind = env::var("BIND").unwrap_or_else(|_| "127.0.0.1:3000".to_owned());
    let address = format!("http://{}", bind.replace("127.0.0.1", "localhost"));

    // Without a tenant: a local Entra ID with a Microsoft Graph of its own, if nobody else can reach this program and
    // nothing is configured. If there is none, the log says why.
    let emulator = local_entra_id().start_unless_configured(&bind).await?;
    let builder = match &emulator {
        Some(emulator) => AzureAuthBuilder::from_variables(emulator.env()),
        None => AzureAuthBuilder::from_env(),
    };
    let auth = configured(builder).build()?;
    let elsewhere = env::var("GRAPH_URL").ok().filter(|address| !address.is_empty());
    let graph = Graph::new(&auth, elsewhere, emulator.is_some())?;

    let acceptor = TcpListener::bind(&bind).into_acceptor().await?;
    println!("Open {address}");
    if let Some(emulator) = &emulator {
        let token = format!("$(curl -s -d client='Local daemon' {}/emulator/tokens)", emulator.origin());
        println!("The report of a job: curl -H \"Authorization: Bearer {token}\" {address}/api/organization");
    }
    let endpoints = endpoints().data(graph);
    #[cfg(feature = "azure-sdk")]
    let endpoints = endpoints.data(Container::from_env()?);
    Server::new_with_acceptor(acceptor).run(endpoints.with(auth)).await?;
    Ok(ExitCode::SUCCESS)
}
