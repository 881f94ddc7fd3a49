use poem::handler;

#[azure_auth::protect(scopes = "openid phone")]
#[handler]
fn files() -> &'static str {
    "files"
}

fn main() {}
