use poem::handler;

#[azure_auth::public("everyone")]
#[handler]
fn files() -> &'static str {
    "files"
}

fn main() {}
