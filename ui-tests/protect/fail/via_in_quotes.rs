use poem::handler;

#[azure_auth::protect(via = "bearer")]
#[handler]
fn files() -> &'static str {
    "files"
}

fn main() {}
