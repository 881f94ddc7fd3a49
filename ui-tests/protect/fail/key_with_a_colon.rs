use poem::handler;

#[azure_auth::protect(scopes: "openid")]
#[handler]
fn files() -> &'static str {
    "files"
}

fn main() {}
