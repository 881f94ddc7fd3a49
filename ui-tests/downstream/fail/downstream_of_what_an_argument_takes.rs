use azure_auth::{Token, graph};
use poem::handler;

#[azure_auth::protect(downstream = all(graph::UserRead, graph::MailRead))]
#[handler]
fn mail(_: Token<graph::MailRead>) -> &'static str {
    "mail"
}

fn main() {}
