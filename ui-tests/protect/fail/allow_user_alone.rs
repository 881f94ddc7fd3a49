use poem::handler;

#[azure_auth::protect(allow = user())]
#[handler]
fn files() -> &'static str {
    "files"
}

fn main() {}
