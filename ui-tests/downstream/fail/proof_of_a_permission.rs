use azure_auth::{Has, graph};
use poem::handler;

#[azure_auth::protect]
#[handler]
fn mail(_: Has<graph::MailRead>) -> &'static str {
    "mail"
}

fn main() {}
