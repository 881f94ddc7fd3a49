use azure_auth::{ApplicationToken, graph};
use poem::handler;

#[azure_auth::protect]
#[handler]
fn mail(_: ApplicationToken<graph::MailRead>) -> &'static str {
    "mail"
}

fn main() {}
