use poem::{EndpointExt, get, handler, middleware::SizeLimit};

#[handler]
fn naked() -> &'static str {
    "hello"
}

fn main() {
    let _ = azure_auth::endpoints! {
        "/" => get(naked.with(SizeLimit::new(7))),
    };
}
