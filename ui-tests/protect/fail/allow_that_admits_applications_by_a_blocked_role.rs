use poem::handler;

#[azure_auth::protect(allow = tenant("11111111-aaaa-4bbb-8ccc-222222222222") && (role("Admin") || !application_role("Blocked")))]
#[handler]
fn files() -> &'static str {
    "files"
}

fn main() {}
