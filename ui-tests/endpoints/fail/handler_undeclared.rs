use poem::{get, handler};

#[handler]
fn naked() -> &'static str {
    "hello"
}

fn main() {
    let _ = azure_auth::endpoints! {
        "/" => get(naked),
    };
}
