use poem::handler;

#[azure_auth::protect(roles = r"Ad\min")]
#[handler]
fn files() -> &'static str {
    "files"
}

fn main() {}
