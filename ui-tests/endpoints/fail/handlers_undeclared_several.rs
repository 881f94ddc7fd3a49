use poem::{get, handler};

#[handler]
fn naked() -> &'static str {
    "hello"
}

#[handler]
fn bare() -> &'static str {
    "hello"
}

fn main() {
    let _ = azure_auth::endpoints! {
        "/" => get(naked),
        "/bare" => get(bare),
    };
}
