use poem::handler;

#[azure_auth::protect(roles = any("Admin", "\x57riter\u{e9}"))]
#[handler]
fn files() -> &'static str {
    "files"
}

fn main() {}
