use poem::handler;

#[azure_auth::public(scopes = "openid")]
#[handler]
fn files() -> &'static str {
    "files"
}

fn main() {}
