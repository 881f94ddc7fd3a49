use poem::handler;

#[azure_auth::protect(scopes = "openid User.Read Directory.Read.All")]
#[handler]
fn files() -> &'static str {
    "files"
}

fn main() {}
