use poem::handler;

#[azure_auth::protect(allow = roel("Admin"))]
#[handler]
fn files() -> &'static str {
    "files"
}

fn main() {}
