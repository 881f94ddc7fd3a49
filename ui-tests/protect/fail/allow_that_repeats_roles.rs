use poem::handler;

#[azure_auth::protect(roles = all("Admin", "Writer"), allow = role("Admin") || role("Owner"))]
#[handler]
fn files() -> &'static str {
    "files"
}

fn main() {}
