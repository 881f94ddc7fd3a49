use poem::handler;

#[azure_auth::public(raeson = "", reason = 7)]
#[handler]
fn files() -> &'static str {
    "files"
}

fn main() {}
