use poem::handler;

#[azure_auth::protect(downstream = "https://storage.azure.com/")]
#[handler]
fn mail() -> &'static str {
    "mail"
}

fn main() {}
