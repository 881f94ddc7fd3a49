use poem::handler;

#[azure_auth::protect(allow = scope("Files.Read") && application_role("Jobs.Run"))]
#[handler]
fn files() -> &'static str {
    "files"
}

fn main() {}
