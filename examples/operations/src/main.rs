//! What those who run a program look at: whether it is ready, numbers for a collector, and the log with what took long.

#![allow(clippy::needless_pass_by_value, reason = "Poem hands arguments over by value")]

use std::time::Duration;

use azure_auth::{AzureAuth, Endpoints, User};
use azure_auth_emulator::Emulator;
use metrics_exporter_prometheus::{BuildError, PrometheusBuilder, PrometheusHandle};
use poem::listener::{Acceptor, Listener, TcpListener};
use poem::web::{Data, Html};
use poem::{EndpointExt, Response, Route, Server, get, handler};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::format::FmtSpan;

/// In seconds: from what a store in this process takes to the limit of a request to the provider.
const BUCKETS: [f64; 12] = [0.0001, 0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 2.5, 5.0, 10.0];

#[azure_auth::public(reason = "the start page")]
#[handler]
fn home(user: Option<User>) -> Html<&'static str> {
    match user {
        Some(_) => Html("<p>You are signed in.</p><p><a href=\"/me\">Your page</a></p>"),
        None => Html("<p><a href=\"/login?return_to=/me\">Sign in with Microsoft</a></p>"),
    }
}

#[azure_auth::protect]
#[handler]
fn me(user: User) -> Html<String> {
    let name = user.display_name().replace('&', "&amp;").replace('<', "&lt;");
    Html(format!("<h1>Welcome, {name}!</h1><form method=\"post\" action=\"/logout\"><button>Sign out</button></form>"))
}

#[azure_auth::protect(scopes = "Files.Read")]
#[handler]
fn files() -> &'static str {
    "files"
}

fn endpoints(auth: &AzureAuth) -> Endpoints {
    azure_auth::endpoints! {
        "/"          => get(home),
        "/me"        => get(me),
        "/api/files" => get(files),
        "/ready"     => public(auth.ready_endpoint(), reason = "for the load balancer"),
    }
}

/// What the recorder has, in the text form that Prometheus reads.
#[handler]
fn metrics(recorder: Data<&PrometheusHandle>) -> Response {
    Response::builder().content_type("text/plain; version=0.0.4; charset=utf-8").body(recorder.render())
}

/// Everything that counts from now on counts here.
fn install_recorder() -> Result<PrometheusHandle, BuildError> {
    let recorder = PrometheusBuilder::new().set_buckets(&BUCKETS)?.install_recorder()?;
    // What was measured waits in memory until somebody collects it, or this does.
    let upkeep = recorder.clone();
    tokio::spawn(async move {
        let mut seconds = tokio::time::interval(Duration::from_secs(5));
        loop {
            seconds.tick().await;
            upkeep.run_upkeep();
        }
    });
    Ok(recorder)
}

/// `RUST_LOG=azure_auth=debug` says how long the provider and a Redis server took, too.
fn install_log() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_span_events(FmtSpan::CLOSE);
    log.with_writer(std::io::stderr).init();
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    install_log();
    dotenvy::dotenv().ok();
    let bind = std::env::var("BIND").unwrap_or_else(|_| "127.0.0.1:3000".to_owned());
    // How many people sign in, and how often they fail, is nothing for visitors: the numbers are on a listener of their
    // own, which a load balancer does not know. Where the collector is on another machine, this is an address of the inner
    // network. In a row of the table they would be as public as the program, or the collector would need an access token.
    let metrics_bind = std::env::var("METRICS_BIND").unwrap_or_else(|_| "127.0.0.1:9464".to_owned());

    // Without a tenant: a local Entra ID, if nobody else can reach this program and nothing is configured.
    let emulator = Emulator::start_unless_configured(&bind).await?;
    // Before there is an `AzureAuth`, which takes handles for what it counts at every request.
    let recorder = install_recorder()?;
    let auth = match &emulator {
        Some(emulator) => AzureAuth::from_variables(emulator.env())?,
        None => AzureAuth::from_env()?,
    };

    let acceptor = TcpListener::bind(&bind).into_acceptor().await?;
    println!("Open http://{}", bind.replace("127.0.0.1", "localhost"));
    let inner = TcpListener::bind(&metrics_bind).into_acceptor().await?;
    for address in inner.local_addr() {
        println!("Collect {address}/metrics");
    }
    let numbers = Route::new().at("/metrics", get(metrics)).data(recorder);
    tokio::try_join!(
        Server::new_with_acceptor(acceptor).run(endpoints(&auth).with(auth)),
        Server::new_with_acceptor(inner).run(numbers),
    )?;
    Ok(())
}
