use poem::handler;

#[azure_auth::protect(scopes = "openid, email")]
#[handler]
fn files() -> &'static str {
    "files"
}

fn main() {}
