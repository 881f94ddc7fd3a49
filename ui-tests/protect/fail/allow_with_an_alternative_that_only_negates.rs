use poem::handler;

#[azure_auth::protect(allow = role("Admin") || !role("Guest") && !role("Trainee"))]
#[handler]
fn files() -> &'static str {
    "files"
}

fn main() {}
