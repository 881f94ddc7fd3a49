use poem::handler;

#[azure_auth::protect(audience = "api://contoso")]
#[handler]
fn files() -> &'static str {
    "files"
}

fn main() {}
