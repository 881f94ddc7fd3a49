use poem::handler;

#[azure_auth::protect(scopes = all("openid", 1))]
#[handler]
fn files() -> &'static str {
    "files"
}

fn main() {}
