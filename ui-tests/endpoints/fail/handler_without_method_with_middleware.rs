use poem::{EndpointExt, handler, middleware::SizeLimit};

#[azure_auth::public]
#[handler]
fn home() -> &'static str {
    "hello"
}

fn main() {
    let _ = azure_auth::endpoints! {
        "/" => home.with(SizeLimit::new(7)),
    };
}
