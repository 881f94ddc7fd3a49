use poem::handler;

#[azure_auth::protect(check)]
#[handler]
fn files() -> &'static str {
    "files"
}

fn main() {}
