use poem::handler;

#[azure_auth::protect(allow = !application_role("Legacy.Job"))]
#[handler]
fn files() -> &'static str {
    "files"
}

fn main() {}
