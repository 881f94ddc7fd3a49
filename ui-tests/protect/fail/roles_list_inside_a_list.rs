use poem::handler;

#[azure_auth::protect(roles = any("Admin", all("Writer", "Auditor")))]
#[handler]
fn files() -> &'static str {
    "files"
}

fn main() {}
