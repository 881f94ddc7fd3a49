use poem::handler;

#[azure_auth::protect(scopes = "openid\x07")]
#[handler]
fn files() -> &'static str {
    "files"
}

fn main() {}
