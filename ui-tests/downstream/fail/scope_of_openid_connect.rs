use poem::handler;

#[azure_auth::protect(downstream = "openid https://graph.microsoft.com/Mail.Read")]
#[handler]
fn mail() -> &'static str {
    "mail"
}

fn main() {}
