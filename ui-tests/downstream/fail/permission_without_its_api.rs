use poem::handler;

#[azure_auth::protect(downstream = "Mail.Read")]
#[handler]
fn mail() -> &'static str {
    "mail"
}

fn main() {}
