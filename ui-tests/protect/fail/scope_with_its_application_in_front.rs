use poem::handler;

#[azure_auth::protect(scopes = "api://contoso/Files.Read")]
#[handler]
fn files() -> &'static str {
    "files"
}

fn main() {}
