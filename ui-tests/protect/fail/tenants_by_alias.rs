use poem::handler;

#[azure_auth::protect(tenants = any("common"))]
#[handler]
fn files() -> &'static str {
    "files"
}

fn main() {}
