use poem::handler;

#[azure_auth::protect(scopes = "openid Files.Read", via = session)]
#[handler]
fn files() -> &'static str {
    "files"
}

fn main() {}
