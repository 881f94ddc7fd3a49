use poem::handler;

#[azure_auth::protect(roles = "")]
#[handler]
fn files() -> &'static str {
    "files"
}

fn main() {}
