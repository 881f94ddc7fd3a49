use poem::handler;

#[azure_auth::protect(allow = scope("https://graph.microsoft.com/User.Read"))]
#[handler]
fn files() -> &'static str {
    "files"
}

fn main() {}
