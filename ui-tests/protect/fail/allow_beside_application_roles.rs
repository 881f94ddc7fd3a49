use poem::handler;

#[azure_auth::protect(application_roles = "Jobs.Run", allow = role("Admin"))]
#[handler]
fn files() -> &'static str {
    "files"
}

fn main() {}
