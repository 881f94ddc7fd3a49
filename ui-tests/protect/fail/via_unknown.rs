use poem::handler;

#[azure_auth::protect(via = cookie)]
#[handler]
fn files() -> &'static str {
    "files"
}

fn main() {}
