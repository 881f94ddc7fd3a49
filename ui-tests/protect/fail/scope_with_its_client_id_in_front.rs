use poem::handler;

#[azure_auth::protect(scopes = "11111111-aaaa-4bbb-8ccc-222222222222/Files.Read")]
#[handler]
fn files() -> &'static str {
    "files"
}

fn main() {}
