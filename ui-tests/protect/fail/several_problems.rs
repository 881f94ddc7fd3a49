use poem::handler;

#[azure_auth::protect(scope = "openid", via = "session", tenants = any("contoso.com", all))]
#[handler]
fn files() -> &'static str {
    "files"
}

fn main() {}
