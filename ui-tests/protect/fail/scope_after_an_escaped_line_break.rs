use poem::handler;

#[azure_auth::protect(scopes = "openid\nemial")]
#[handler]
fn files() -> &'static str {
    "files"
}

fn main() {}
