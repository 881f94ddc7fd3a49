use poem::handler;

#[azure_auth::protect(roles = all())]
#[handler]
fn files() -> &'static str {
    "files"
}

fn main() {}
