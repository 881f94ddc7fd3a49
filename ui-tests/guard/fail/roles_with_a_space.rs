use poem::endpoint::make_sync;
use poem::{EndpointExt, Route};

fn main() {
    let _ = Route::new().at("/", make_sync(|_| "hello")).with(azure_auth::guard!(roles = "Admin Auditor"));
}
