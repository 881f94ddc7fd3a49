use poem::handler;

#[azure_auth::protect(scopes = "openid https://graph.microsoft.com/User.Read")]
#[handler]
fn files() -> &'static str {
    "files"
}

fn main() {}
