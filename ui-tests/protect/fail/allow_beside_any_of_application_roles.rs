use poem::handler;

#[azure_auth::protect(allow = role("Admin"), application_roles = any("Jobs.Run", "Jobs.List"))]
#[handler]
fn files() -> &'static str {
    "files"
}

fn main() {}
