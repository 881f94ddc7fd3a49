use poem::handler;

#[azure_auth::protect(scopes = "Files.Files.Files.Files.Files.Files.Files.Files.Files.Files.Files.Files.Files.Files.Files.Files.Files.Files.Files.Files.Files.")]
#[handler]
fn files() -> &'static str {
    "files"
}

fn main() {}
