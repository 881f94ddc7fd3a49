use poem::handler;

#[azure_auth::protect(allow = scope("openid"))]
#[handler]
fn files() -> &'static str {
    "files"
}

fn main() {}
