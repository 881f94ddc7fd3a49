use poem::handler;

#[azure_auth::protect(scopes = SCOPES)]
#[handler]
fn files() -> &'static str {
    "files"
}

const SCOPES: &str = "openid";

fn main() {}
