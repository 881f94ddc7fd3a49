use poem::handler;

#[azure_auth::protect(downstream = "https://graph.microsoft.com/Mail.Read,https://storage.azure.com/user_impersonation")]
#[handler]
fn mail() -> &'static str {
    "mail"
}

fn main() {}
