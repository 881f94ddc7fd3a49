use poem::handler;

#[azure_auth::guard(roles = "Admin")]
#[handler]
fn files() -> &'static str {
    "files"
}

fn main() {}
