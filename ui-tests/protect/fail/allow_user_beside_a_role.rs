use poem::handler;

#[azure_auth::protect(allow = user() || role("Admin"))]
#[handler]
fn files() -> &'static str {
    "files"
}

fn main() {}
