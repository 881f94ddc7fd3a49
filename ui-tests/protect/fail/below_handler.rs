use poem::handler;

#[handler]
#[azure_auth::protect]
fn files() -> &'static str {
    "files"
}

fn main() {}
