use poem::{get, handler};

#[azure_auth::protect]
#[handler]
fn files() -> &'static str {
    "files"
}

fn main() {
    drop(azure_auth::endpoints! { "/" => get(files) });
}
