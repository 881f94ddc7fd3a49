use poem::handler;

#[azure_auth::protect(roles = "Prüfer")]
#[handler]
fn files() -> &'static str {
    "files"
}

fn main() {}
