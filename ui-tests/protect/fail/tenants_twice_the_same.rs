use poem::handler;

#[azure_auth::protect(tenants = any("11111111-aaaa-4bbb-8ccc-222222222222", "11111111-AAAA-4BBB-8CCC-222222222222"))]
#[handler]
fn files() -> &'static str {
    "files"
}

fn main() {}
