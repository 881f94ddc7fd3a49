use poem::handler;

#[azure_auth::protect(scopes = "openid caf\u{e9}")]
#[handler]
fn files() -> &'static str {
    "files"
}

fn main() {}
