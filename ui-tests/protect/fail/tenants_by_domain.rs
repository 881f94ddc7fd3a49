use poem::handler;

#[azure_auth::protect(tenants = "contoso.onmicrosoft.com")]
#[handler]
fn files() -> &'static str {
    "files"
}

fn main() {}
