use poem::handler;

#[azure_auth::protect(allow = "role(\"Admin\")")]
#[handler]
fn files() -> &'static str {
    "files"
}

fn main() {}
