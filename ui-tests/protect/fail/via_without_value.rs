use poem::handler;

#[azure_auth::protect(via)]
#[handler]
fn files() -> &'static str {
    "files"
}

fn main() {}
