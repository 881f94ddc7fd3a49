//! One of several processes that serve the same people. It says who it is with every answer, in `x-replica`.

#![allow(clippy::needless_pass_by_value, reason = "Poem hands arguments over by value")]

use std::time::Duration;

use azure_auth::{AzureAuthBuilder, Token, User, graph};
use azure_auth_tests::proxy::REPLICA;
use poem::listener::{Acceptor, Listener, TcpListener};
use poem::middleware::SetHeader;
use poem::{Server, get, handler};
use tracing_subscriber::EnvFilter;

#[azure_auth::public]
#[handler]
fn home(user: Option<User>) -> String {
    format!("Welcome, {}!", user.as_ref().map_or("stranger", User::display_name))
}

#[azure_auth::protect]
#[handler]
fn me(user: User) -> String {
    user.display_name().to_owned()
}

#[azure_auth::protect(roles = "Admin")]
#[handler]
fn admin(user: User) -> String {
    user.display_name().to_owned()
}

#[azure_auth::protect]
#[handler]
fn mail(token: Token<graph::MailRead>) -> String {
    format!("{}", token.authorization().is_sensitive())
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let filter = EnvFilter::new("info,azure_auth=debug");
    tracing_subscriber::fmt().with_writer(std::io::stderr).with_ansi(false).with_env_filter(filter).init();
    let mut builder = AzureAuthBuilder::from_env();
    if let Ok(seconds) = std::env::var("IDLE_SECONDS") {
        builder = builder.idle_lifetime(Duration::from_secs(seconds.parse()?));
    }
    let auth = builder.build()?;
    let table = azure_auth::endpoints! {
        "/"      => get(home),
        "/me"    => get(me),
        "/admin" => get(admin),
        "/ready" => public(auth.ready_endpoint(), reason = "for the load balancer"),
    };
    // Where sessions live in cookies, tokens have no place.
    let table = match std::env::var("TOKENS") {
        Ok(_) => azure_auth::endpoints! { "/" => nest(table), "/mail" => get(mail) },
        Err(_) => table,
    };
    let named = SetHeader::new().overriding(REPLICA, std::env::var("REPLICA")?);

    let acceptor = TcpListener::bind("127.0.0.1:0").into_acceptor().await?;
    let address = acceptor.local_addr().into_iter().find_map(|address| address.0.as_socket_addr().copied());
    println!("Open http://localhost:{}", address.ok_or("no address")?.port());
    Server::new_with_acceptor(acceptor).run(table.with(auth).with(named)).await?;
    Ok(())
}
