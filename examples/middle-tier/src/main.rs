//! A page that calls an API of its own, which calls Microsoft Graph for the same person. Two programs, which would be deployed
//! apart: `web.rs` and `api.rs` are one each, and this file starts both.

#![allow(clippy::needless_pass_by_value, reason = "Poem hands arguments over by value")]

mod api;
mod remote;
mod web;

use std::env;
use std::process::ExitCode;

use azure_auth::{AzureAuth, AzureAuthBuilder, Inspection, SessionStore};
use azure_auth_emulator::Emulator;
use poem::Server;
use poem::listener::{Acceptor, Listener, TcpListener};

use crate::remote::Remote;

/// Both programs prove their callers at the same provider, each by a registration of its own.
struct Registrations {
    web: AzureAuthBuilder,
    api: AzureAuthBuilder,
}

impl Registrations {
    /// Those of a tenant: `AZURE_…`, and the API's own in `ORDERS_CLIENT_ID` and `ORDERS_CLIENT_SECRET`. The API has a secret
    /// because it proves itself where it asks for tokens on behalf of people.
    fn from_env() -> Result<Self, String> {
        let variable = |name: &str| env::var(name).map_err(|_| format!("set {name}, of the registration of the API"));
        let builder = AzureAuthBuilder::from_env();
        let api = builder.clone().client_id(variable("ORDERS_CLIENT_ID")?);
        let api = api.client_secret(variable("ORDERS_CLIENT_SECRET")?);
        Ok(Self { web: builder, api })
    }

    /// Those of the local Entra ID.
    fn of(emulator: &Emulator) -> Option<Self> {
        let builder = AzureAuthBuilder::from_variables(emulator.env());
        let orders = emulator.directory().applications().iter().find(|one| one.name() == "Local orders")?;
        let api = builder.clone().client_id(orders.application_id()).client_secret(orders.client_secret());
        Some(Self { web: builder, api })
    }
}

/// The tokens of people lie beside their sessions on the server: a cookie has no room for them.
fn with_sessions(builder: AzureAuthBuilder) -> AzureAuthBuilder {
    let is_chosen = env::var("AZURE_SESSION_STORE").is_ok_and(|store| !store.trim().is_empty());
    if is_chosen { builder } else { builder.session_store(SessionStore::Memory) }
}

/// Each of the two has a registration of its own: `middle-tier web --auth-registration`, and `middle-tier api …`.
async fn inspect(inspection: Inspection) -> ExitCode {
    let builder = AzureAuthBuilder::from_env();
    if env::args().any(|argument| argument == "api") {
        let inspection = inspection.vocabulary(api::VOCABULARY).application_name("orders-api");
        inspection.run(&api::endpoints(), builder).await
    } else {
        let inspection = inspection.vocabulary(web::VOCABULARY).application_name("orders-web");
        inspection.run(&web::endpoints(), with_sessions(builder)).await
    }
}

#[tokio::main]
async fn main() -> Result<ExitCode, Box<dyn std::error::Error>> {
    dotenvy::dotenv().ok();
    if let Some(inspection) = Inspection::from_args(env::args()) {
        return Ok(inspect(inspection).await);
    }
    tracing_subscriber::fmt().with_writer(std::io::stderr).init();
    let bind = env::var("BIND").unwrap_or_else(|_| "127.0.0.1:3000".to_owned());
    let api_bind = env::var("ORDERS_BIND").unwrap_or_else(|_| "127.0.0.1:3001".to_owned());

    // Without a tenant: a local Entra ID, if nobody else can reach this program and nothing is configured. If there is
    // none, the log says why.
    let emulator = Emulator::start_unless_configured(&bind).await?;
    let registrations = match &emulator {
        Some(emulator) => Registrations::of(emulator).ok_or("the local Entra ID does not know the API")?,
        None => Registrations::from_env()?,
    };
    // Both tell Microsoft that they understand when Graph wants more proof: what it asks of the API the API asks of the page.
    let web_auth: AzureAuth = with_sessions(registrations.web).handles_claims_challenges().build()?;
    let api_auth: AzureAuth = registrations.api.handles_claims_challenges().build()?;

    let graph = match env::var("GRAPH_URL").ok().filter(|address| !address.is_empty()) {
        Some(address) => address,
        None => api_auth.graph_uri().await?,
    };

    let acceptor = TcpListener::bind(&bind).into_acceptor().await?;
    let api_acceptor = TcpListener::bind(&api_bind).into_acceptor().await?;
    let api_address =
        api_acceptor.local_addr().first().map(|address| address.to_string().replace("socket://", "http://"));
    let api_address = api_address.ok_or("the API listens nowhere")?;
    println!("Open http://{}", bind.replace("127.0.0.1", "localhost"));
    println!("The API: {api_address}/orders");
    let web = web::endpoints().data(Remote::at(api_address)?).with(web_auth);
    let api = api::endpoints().data(Remote::at(graph)?).with(api_auth);
    tokio::try_join!(Server::new_with_acceptor(acceptor).run(web), Server::new_with_acceptor(api_acceptor).run(api),)?;
    Ok(ExitCode::SUCCESS)
}
