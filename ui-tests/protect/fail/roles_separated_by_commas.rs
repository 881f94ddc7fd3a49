use poem::handler;

#[azure_auth::protect(roles = "Admin, Writer")]
#[handler]
fn files() -> &'static str {
    "files"
}

fn main() {}
