use poem::handler;

#[azure_auth::protect(groups = any("Finance"))]
#[handler]
fn files() -> &'static str {
    "files"
}

fn main() {}
