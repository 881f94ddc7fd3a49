use poem::handler;

#[azure_auth::protect(allow = role("Admin") && (role("Admin") || role("Writer")))]
#[handler]
fn files() -> &'static str {
    "files"
}

fn main() {}
