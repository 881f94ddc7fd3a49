use azure_auth::{Principal, Refusal};
use poem::endpoint::make_sync;
use poem::{EndpointExt, Request, Route};

fn main() {
    let _ = Route::new().at("/", make_sync(|_| "hello")).with(azure_auth::guard!(check = "office_hours"));
}

fn office_hours(_: &Principal, _: &Request) -> Result<(), Refusal> {
    Ok(())
}
