use poem::handler;

#[azure_auth::protect(downstream = "https://graph.microsoft.com/User.Read https://graph.microsoft.com/Mail.Raed")]
#[handler]
fn mail() -> &'static str {
    "mail"
}

fn main() {}
