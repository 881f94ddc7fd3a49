use poem::handler;

#[azure_auth::protect(scopes = all("openid Files.Read", "Files.Read"))]
#[handler]
fn files() -> &'static str {
    "files"
}

fn main() {}
