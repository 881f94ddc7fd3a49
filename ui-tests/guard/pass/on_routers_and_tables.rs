use azure_auth::Endpoints;
use poem::endpoint::make_sync;
use poem::middleware::Tracing;
use poem::{Endpoint, EndpointExt, Route, get, handler};

#[azure_auth::public(reason = "a guard is in front of it")]
#[handler]
fn home() -> &'static str {
    "hello"
}

fn table() -> Endpoints {
    azure_auth::endpoints! { "/" => get(home) }.with(azure_auth::guard!(roles = "Admin")).with(azure_auth::guard!())
}

fn router() -> impl Endpoint {
    let reports = Route::new().at("/", make_sync(|_| "reports")).with(azure_auth::guard!(roles = "Auditor"));
    Route::new()
        .nest("/reports", reports)
        .at("/one", get(home).with(azure_auth::guard!(via = session)))
        .with(Tracing)
        .with(&azure_auth::guard!(tenants = "55555555-aaaa-4bbb-8ccc-666666666666"))
        .with_if(true, azure_auth::guard![scopes = "openid Files.Read"])
}

fn main() {
    drop(table());
    drop(router());
}
