use poem::handler;

#[azure_auth::protect(roles = any("Admin", "Writer", "Admin"))]
#[handler]
fn files() -> &'static str {
    "files"
}

fn main() {}
