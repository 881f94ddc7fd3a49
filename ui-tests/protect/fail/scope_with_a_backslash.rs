use poem::handler;

#[azure_auth::protect(scopes = r"openid Files\Read")]
#[handler]
fn files() -> &'static str {
    "files"
}

fn main() {}
