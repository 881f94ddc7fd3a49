use poem::handler;

#[azure_auth::protect]
#[azure_auth::public]
#[handler]
fn files() -> &'static str {
    "files"
}

fn main() {}
