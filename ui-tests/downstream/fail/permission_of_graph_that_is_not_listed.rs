use poem::handler;

#[azure_auth::protect(downstream = "https://graph.microsoft.com/Books.Read")]
#[handler]
fn mail() -> &'static str {
    "mail"
}

fn main() {}
