use poem::handler;

#[azure_auth::protect("openid email")]
#[handler]
fn files() -> &'static str {
    "files"
}

fn main() {}
