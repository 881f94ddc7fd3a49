use poem::handler;

#[azure_auth::protect(roles = one_of("Admin", "Writer"))]
#[handler]
fn files() -> &'static str {
    "files"
}

fn main() {}
