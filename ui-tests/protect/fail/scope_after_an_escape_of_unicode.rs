use poem::handler;

#[azure_auth::protect(scopes = "\u{6f}penid emial")]
#[handler]
fn files() -> &'static str {
    "files"
}

fn main() {}
