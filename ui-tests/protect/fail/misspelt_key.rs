use poem::handler;

#[azure_auth::protect(scope = "openid")]
#[handler]
fn files() -> &'static str {
    "files"
}

fn main() {}
