use poem::handler;

#[azure_auth::protect(allow = any("Admin", "Writer"))]
#[handler]
fn files() -> &'static str {
    "files"
}

fn main() {}
