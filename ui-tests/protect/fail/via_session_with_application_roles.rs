use poem::handler;

#[azure_auth::protect(application_roles = "Jobs.Run", via = session)]
#[handler]
fn files() -> &'static str {
    "files"
}

fn main() {}
