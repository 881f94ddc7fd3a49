use azure_auth::Endpoints;
use poem::{Endpoint, Route, get, handler};

#[azure_auth::public]
#[handler]
fn home() -> &'static str {
    "hello"
}

async fn run() {
    drop(Route::new().nest("/", azure_auth::endpoints!()));
    counted(azure_auth::endpoints! { "/" => get(home) }).await;
}

async fn counted(endpoint: impl Endpoint) -> bool {
    endpoint.call(poem::Request::default()).await.is_ok()
}

fn either(one: bool) -> Endpoints {
    if one { azure_auth::endpoints! { "/" => get(home) } } else { azure_auth::endpoints!() }
}

fn main() {
    drop(either(true));
    drop(run());
}
