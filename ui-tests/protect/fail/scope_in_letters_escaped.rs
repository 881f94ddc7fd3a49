use poem::handler;

#[azure_auth::protect(scopes = "openid em\u{61}\x69l profil\u{65}s")]
#[handler]
fn files() -> &'static str {
    "files"
}

fn main() {}
