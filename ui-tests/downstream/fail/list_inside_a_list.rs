use azure_auth::graph;
use poem::handler;

#[azure_auth::protect(downstream = all(graph::MailRead, all(graph::UserRead, graph::MailSend)))]
#[handler]
fn mail() -> &'static str {
    "mail"
}

fn main() {}
