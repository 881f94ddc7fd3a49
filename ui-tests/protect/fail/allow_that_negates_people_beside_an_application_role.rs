use poem::handler;

#[azure_auth::protect(allow = !role("Guest") || application_role("Jobs.Run"))]
#[handler]
fn files() -> &'static str {
    "files"
}

fn main() {}
