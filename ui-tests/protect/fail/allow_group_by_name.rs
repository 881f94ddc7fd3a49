use poem::handler;

#[azure_auth::protect(allow = !group("Finance"))]
#[handler]
fn files() -> &'static str {
    "files"
}

fn main() {}
