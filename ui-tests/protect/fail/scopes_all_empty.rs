use poem::handler;

#[azure_auth::protect(scopes = all())]
#[handler]
fn files() -> &'static str {
    "files"
}

fn main() {}
