use poem::handler;

#[azure_auth::protect(allow)]
#[handler]
fn files() -> &'static str {
    "files"
}

fn main() {}
