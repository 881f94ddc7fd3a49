use azure_auth::graph;
use poem::handler;

#[azure_auth::protect(downstream = all(graph::MailRead, "https://graph.microsoft.com/Mail.Read"))]
#[handler]
fn mail() -> &'static str {
    "mail"
}

fn main() {}
