use poem::handler;

#[azure_auth::protect(scopes = "openid Files.\"Read\"")]
#[handler]
fn files() -> &'static str {
    "files"
}

fn main() {}
