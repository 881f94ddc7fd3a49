use azure_auth::Open;
use poem::endpoint::make_sync;
use poem::{EndpointExt, Route};

static ASSETS: Open = azure_auth::open!(reason = "assets");

fn main() {
    let assets = Route::new().at("/logo", make_sync(|_| "a logo")).with(ASSETS);
    let inner = make_sync(|_| "hello").with(azure_auth::guard!()).with(azure_auth::open!(reason = "it asks itself",));
    drop(Route::new().nest("/assets", assets).at("/", inner));
    drop(azure_auth::endpoints! {}.with(ASSETS));
}
