use azure_auth::{Token, graph};
use poem::handler;

type Mail = Token<graph::MailRead>;

#[azure_auth::public]
#[handler]
fn mail(_: Mail) -> &'static str {
    "mail"
}

fn main() {}
