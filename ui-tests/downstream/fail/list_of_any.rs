use azure_auth::graph;
use poem::handler;

#[azure_auth::protect(downstream = any(graph::MailRead, graph::UserRead))]
#[handler]
fn mail() -> &'static str {
    "mail"
}

fn main() {}
