use poem::handler;

#[azure_auth::protect(application_roles = "Jobs.Run Jobs.Read")]
#[handler]
fn files() -> &'static str {
    "files"
}

fn main() {}
