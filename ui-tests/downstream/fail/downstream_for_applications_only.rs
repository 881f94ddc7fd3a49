use azure_auth::graph;
use poem::handler;

#[azure_auth::protect(application_roles = "Jobs.Run", downstream = graph::MailRead)]
#[handler]
fn mail() -> &'static str {
    "mail"
}

fn main() {}
