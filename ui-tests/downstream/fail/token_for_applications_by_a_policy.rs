use azure_auth::{Token, graph};
use poem::handler;

#[azure_auth::protect(allow = application_role("Jobs.Run"))]
#[handler]
fn mail(_: Option<Token<graph::MailRead>>) -> &'static str {
    "mail"
}

fn main() {}
