use azure_auth::graph;
use poem::handler;

#[azure_auth::protect(downstream = [graph::MailRead, "https://storage.azure.com/user_impersonation"])]
#[handler]
fn mail() -> &'static str {
    "mail"
}

fn main() {}
