use poem::handler;

#[azure_auth::protect(scopes = "Email", application_roles = "Jobs.Run", via = session, allow = role("A") && !role("A") || role("B") && role("B"))]
#[handler]
fn files() -> &'static str {
    "files"
}

fn main() {}
