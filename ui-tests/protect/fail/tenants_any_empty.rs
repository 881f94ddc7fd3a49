use poem::handler;

#[azure_auth::protect(tenants = any())]
#[handler]
fn files() -> &'static str {
    "files"
}

fn main() {}
