use poem::handler;

#[azure_auth::protect(allow = scope("Files.Read") || application_role("Files.Read"))]
#[handler]
fn files() -> &'static str {
    "files"
}

fn main() {}
