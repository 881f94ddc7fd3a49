use poem::handler;

#[azure_auth::protect(allow = scope("Mail.Send") || role("Admin"))]
#[handler]
fn files() -> &'static str {
    "files"
}

fn main() {}
