use azure_auth::graph;
use poem::handler;

#[azure_auth::protect(downstream = all(graph::MailRead, graph::UserRead, graph::MailRead))]
#[handler]
fn mail() -> &'static str {
    "mail"
}

fn main() {}
