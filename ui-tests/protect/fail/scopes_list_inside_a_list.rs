use poem::handler;

#[azure_auth::protect(scopes = all("openid Files.Read", any("Files.Write", "Files.Delete")))]
#[handler]
fn files() -> &'static str {
    "files"
}

fn main() {}
