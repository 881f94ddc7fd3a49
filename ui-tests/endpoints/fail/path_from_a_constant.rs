use poem::{get, handler};

#[azure_auth::public]
#[handler]
fn home() -> &'static str {
    "hello"
}

const FILES: &str = "/files";

fn main() {
    let _ = azure_auth::endpoints! {
        FILES => get(home),
    };
}
