use poem::handler;

#[azure_auth::protect(scopes = "api://contoso/.default")]
#[handler]
fn files() -> &'static str {
    "files"
}

fn main() {}
