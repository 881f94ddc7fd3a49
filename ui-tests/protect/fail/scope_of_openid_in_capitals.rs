use poem::handler;

#[azure_auth::protect(scopes = "openid Email")]
#[handler]
fn files() -> &'static str {
    "files"
}

fn main() {}
