use poem::handler;

#[azure_auth::protect(scopes = "Files.Read", roles = any("Admin", "Files.Read"))]
#[handler]
fn files() -> &'static str {
    "files"
}

fn main() {}
