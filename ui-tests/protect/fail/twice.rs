use poem::handler;

#[azure_auth::protect]
#[azure_auth::protect(via = session)]
#[handler]
fn files() -> &'static str {
    "files"
}

fn main() {}
