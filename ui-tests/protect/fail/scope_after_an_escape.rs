use poem::handler;

#[azure_auth::protect(scopes = "openid\x20emial")]
#[handler]
fn files() -> &'static str {
    "files"
}

fn main() {}
