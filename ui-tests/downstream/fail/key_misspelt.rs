use azure_auth::graph;
use poem::handler;

#[azure_auth::protect(downstraem = graph::MailRead)]
#[handler]
fn mail() -> &'static str {
    "mail"
}

fn main() {}
