use azure_auth::{Token, graph};
use poem::handler;

#[azure_auth::protect(application_roles = "Jobs.Run")]
#[handler]
fn mail(_: Token<graph::MailRead>) -> &'static str {
    "mail"
}

fn main() {}
