use poem::handler;

#[azure_auth::protect(allow = user("ada@contoso.com"))]
#[handler]
fn files() -> &'static str {
    "files"
}

fn main() {}
