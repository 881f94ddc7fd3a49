use poem::handler;

#[azure_auth::protect(scopes = "openId offline-access")]
#[handler]
fn files() -> &'static str {
    "files"
}

fn main() {}
