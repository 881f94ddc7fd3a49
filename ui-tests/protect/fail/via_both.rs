use poem::handler;

#[azure_auth::protect(via = any(session, bearer))]
#[handler]
fn files() -> &'static str {
    "files"
}

fn main() {}
