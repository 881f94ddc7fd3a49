use poem::handler;

#[azure_auth::protect(downstream = "https://graph.microsoft.com/v1.0/Mail.Read")]
#[handler]
fn mail() -> &'static str {
    "mail"
}

fn main() {}
