use poem::endpoint::make_sync;
use poem::{EndpointExt, Route};

async fn office_hours(_: &azure_auth::Principal, _: &poem::Request) -> bool {
    true
}

fn main() {
    let _ = Route::new().at("/", make_sync(|_| "hello")).with(azure_auth::guard!(check = office_hours));
}
