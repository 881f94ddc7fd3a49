use azure_auth::{Token, graph};
use poem::handler;

#[azure_auth::public]
#[handler]
fn mail(_: Token<graph::MailRead>) -> &'static str {
    "mail"
}

fn main() {}
