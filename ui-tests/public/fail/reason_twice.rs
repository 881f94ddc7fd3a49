use poem::handler;

#[azure_auth::public(reason = "a", reason = "b")]
#[handler]
fn files() -> &'static str {
    "files"
}

fn main() {}
