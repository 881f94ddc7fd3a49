use poem::handler;

#[azure_auth::protect(scopes = "Files.Read email")]
#[handler]
fn files() -> &'static str {
    "files"
}

fn main() {}
