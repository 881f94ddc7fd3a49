use poem::handler;

#[azure_auth::protect(allow = role("Admin") || (role("Admin") && group("11111111-aaaa-4bbb-8ccc-222222222222")))]
#[handler]
fn files() -> &'static str {
    "files"
}

fn main() {}
