use poem::handler;

#[azure_auth::protect(downstream = "https://management.azure.com//user_impersonation")]
#[handler]
fn mail() -> &'static str {
    "mail"
}

fn main() {}
