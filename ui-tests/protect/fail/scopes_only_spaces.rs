use poem::handler;

#[azure_auth::protect(scopes = "  ")]
#[handler]
fn files() -> &'static str {
    "files"
}

fn main() {}
