use poem::endpoint::make_sync;
use poem::{EndpointExt, Route};

fn office_hours(_: &azure_auth::User, _: &poem::Request) -> Result<(), azure_auth::Refusal> {
    Ok(())
}

fn main() {
    let _ = Route::new().at("/", make_sync(|_| "hello")).with(azure_auth::guard!(check = office_hours));
}
