use poem::handler;

#[azure_auth::protect(scopes = "Files.Read", app_roles = "Files.Read.All")]
#[handler]
fn files() -> &'static str {
    "files"
}

fn main() {}
