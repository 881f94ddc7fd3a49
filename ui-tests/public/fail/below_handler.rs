use poem::handler;

#[handler]
#[azure_auth::public]
fn files() -> &'static str {
    "files"
}

fn main() {}
