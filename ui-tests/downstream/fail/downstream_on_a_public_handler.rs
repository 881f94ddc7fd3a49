#[allow(unused_imports)]
use azure_auth::graph;
use poem::handler;

#[azure_auth::public(downstream = graph::MailRead)]
#[handler]
fn mail() -> &'static str {
    "mail"
}

fn main() {}
