use poem::handler;

#[azure_auth::protect(scopes = all("openId", "email"))]
#[handler]
fn files() -> &'static str {
    "files"
}

fn main() {}
