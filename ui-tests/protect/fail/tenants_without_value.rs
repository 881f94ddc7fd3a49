use poem::handler;

#[azure_auth::protect(tenants)]
#[handler]
fn files() -> &'static str {
    "files"
}

fn main() {}
