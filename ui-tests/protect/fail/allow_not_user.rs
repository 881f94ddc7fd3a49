use poem::handler;

#[azure_auth::protect(allow = !user() && application_role("Jobs.Run"))]
#[handler]
fn files() -> &'static str {
    "files"
}

fn main() {}
