use poem::handler;

#[azure_auth::protect(downstream = "https://graph.microsoft.us/Mail.Read")]
#[handler]
fn mail() -> &'static str {
    "mail"
}

fn main() {}
