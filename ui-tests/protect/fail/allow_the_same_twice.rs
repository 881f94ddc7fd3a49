use poem::handler;

#[azure_auth::protect(allow = role("Admin") || role("Writer") || role("Admin"))]
#[handler]
fn files() -> &'static str {
    "files"
}

fn main() {}
