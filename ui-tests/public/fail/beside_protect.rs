use poem::handler;

#[azure_auth::public]
#[azure_auth::protect]
#[handler]
fn files() -> &'static str {
    "files"
}

fn main() {}
