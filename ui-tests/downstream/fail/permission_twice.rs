use poem::handler;

#[azure_auth::protect(downstream = "https://graph.microsoft.com/Mail.Read https://graph.microsoft.com/Mail.Read")]
#[handler]
fn mail() -> &'static str {
    "mail"
}

fn main() {}
