use poem::handler;

#[azure_auth::public(raeson = "the start page")]
#[handler]
fn files() -> &'static str {
    "files"
}

fn main() {}
