use poem::handler;

#[azure_auth::protect(scopes = ".Read")]
#[handler]
fn files() -> &'static str {
    "files"
}

fn main() {}
