use poem::{get, handler};

#[azure_auth::public]
#[handler]
fn home() -> &'static str {
    "hello"
}

fn main() {
    let _ = azure_auth::endpoints! {
        "/caf\u{e9}/\x3aid/:" => get(home),
    };
}
