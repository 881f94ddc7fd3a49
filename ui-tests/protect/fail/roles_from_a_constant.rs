use poem::handler;

#[azure_auth::protect(roles = ADMIN)]
#[handler]
fn files() -> &'static str {
    "files"
}

const ADMIN: &str = "Admin";

fn main() {}
