use poem::handler;

#[azure_auth::public(reason = " ")]
#[handler]
fn files() -> &'static str {
    "files"
}

fn main() {}
