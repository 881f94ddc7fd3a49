use poem::handler;

#[azure_auth::protect(allow = user("Adele"))]
#[handler]
fn files() -> &'static str {
    "files"
}

fn main() {}
