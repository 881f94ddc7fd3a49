use poem::handler;

#[azure_auth::protect(scopes = "openid" via = session)]
#[handler]
fn files() -> &'static str {
    "files"
}

fn main() {}
