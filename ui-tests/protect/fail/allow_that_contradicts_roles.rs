use poem::handler;

#[azure_auth::protect(roles = "Admin", allow = !role("Admin"))]
#[handler]
fn files() -> &'static str {
    "files"
}

fn main() {}
