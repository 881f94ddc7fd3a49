use poem::handler;

#[azure_auth::protect(allow = tenant("contoso.com"))]
#[handler]
fn files() -> &'static str {
    "files"
}

fn main() {}
