use poem::handler;

#[azure_auth::protect(scopes = "Files.Read", application_roles = "Files.Read")]
#[handler]
fn files() -> &'static str {
    "files"
}

fn main() {}
