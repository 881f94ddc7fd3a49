use poem::{get, handler, http::Method};

#[azure_auth::public]
#[handler]
fn home() -> &'static str {
    "hello"
}

#[handler]
fn naked() -> &'static str {
    "hello"
}

fn main() {
    let _ = azure_auth::endpoints! {
        "/" => get(home).method(Method::PUT, naked),
    };
}
