use poem::handler;

#[azure_auth::protect(allow = tenant("11111111-aaaa-4bbb-8ccc-222222222222") && tenant("33333333-aaaa-4bbb-8ccc-444444444444"))]
#[handler]
fn files() -> &'static str {
    "files"
}

fn main() {}
