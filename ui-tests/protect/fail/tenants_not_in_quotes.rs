use poem::handler;

#[azure_auth::protect(tenants = any(CONTOSO))]
#[handler]
fn files() -> &'static str {
    "files"
}

const CONTOSO: &str = "11111111-aaaa-4bbb-8ccc-222222222222";

fn main() {}
