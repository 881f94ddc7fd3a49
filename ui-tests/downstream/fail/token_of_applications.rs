use azure_auth::{Token, graph};
use poem::handler;

#[azure_auth::protect]
#[handler]
fn mail(_: Token<graph::TeamworkMigrateAll>) -> &'static str {
    "mail"
}

fn main() {}
