use poem::handler;

#[azure_auth::protect(allow = "Admin")]
#[handler]
fn files() -> &'static str {
    "files"
}

fn main() {}
