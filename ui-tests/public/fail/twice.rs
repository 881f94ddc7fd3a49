use poem::handler;

#[azure_auth::public]
#[azure_auth::public]
#[handler]
fn files() -> &'static str {
    "files"
}

fn main() {}
