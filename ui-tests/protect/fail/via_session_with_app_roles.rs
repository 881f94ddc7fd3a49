use poem::handler;

#[azure_auth::protect(app_roles = "Jobs.Run", via = session)]
#[handler]
fn files() -> &'static str {
    "files"
}

fn main() {}
