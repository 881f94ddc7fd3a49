//! A job without people: it asks Microsoft Graph with a token of its own, prints the answer, and ends.

use std::env;
use std::time::Duration;

use azure_auth::{AzureAuth, graph};
use azure_auth_emulator::Emulator;
use reqwest::header::AUTHORIZATION;
use reqwest::redirect::Policy;
use serde::Deserialize;

/// What Microsoft Graph says of the tenants that the program is in: one.
#[derive(Deserialize)]
struct Organizations {
    value: Vec<Organization>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Organization {
    display_name: String,
    verified_domains: Vec<Domain>,
}

#[derive(Deserialize)]
struct Domain {
    name: String,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    tracing_subscriber::fmt().with_writer(std::io::stderr).init();
    dotenvy::dotenv().ok();

    // Without a tenant: a local Entra ID with a Microsoft Graph of its own, if nothing is configured. Nobody calls this
    // program, so that it may be anywhere.
    let emulator = Emulator::start_unless_configured("127.0.0.1:0").await?;
    let auth = match &emulator {
        Some(emulator) => AzureAuth::from_variables(emulator.env())?,
        None => AzureAuth::from_env()?,
    };
    let address = match env::var("GRAPH_URL").ok().filter(|address| !address.is_empty()) {
        Some(address) => address,
        None => auth.graph_uri().await?,
    };

    // What an administrator granted to the program, under "Application permissions" of its registration.
    let token = auth.application_token::<graph::Resource>().await?;

    // A redirect could lead to somebody whom the token is not for.
    let http = reqwest::Client::builder().redirect(Policy::none()).timeout(Duration::from_secs(10));
    // The local one speaks plain HTTP, and no proxy reaches it.
    let http = if address.starts_with("http://") { http.no_proxy() } else { http }.build()?;
    let request = http.get(format!("{address}/v1.0/organization")).header(AUTHORIZATION, token.authorization());
    let answer = request.send().await?;
    // Says what to change where a rule of the tenant does not let the program in.
    token.accepts(answer.status(), answer.headers())?;

    let organizations: Organizations = answer.error_for_status()?.json().await?;
    for Organization { display_name, verified_domains } in organizations.value {
        let domains: Vec<String> = verified_domains.into_iter().map(|domain| domain.name).collect();
        println!("{display_name}: {}", domains.join(", "));
    }
    Ok(())
}
