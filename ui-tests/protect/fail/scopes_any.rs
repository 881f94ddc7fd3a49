use poem::handler;

#[azure_auth::protect(scopes = any("Files.Read", "Files.Write"))]
#[handler]
fn files() -> &'static str {
    "files"
}

fn main() {}
