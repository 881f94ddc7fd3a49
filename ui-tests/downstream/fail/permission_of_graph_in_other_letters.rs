use poem::handler;

#[azure_auth::protect(downstream = "https://graph.microsoft.com/mail.read")]
#[handler]
fn mail() -> &'static str {
    "mail"
}

fn main() {}
