use azure_auth::{Guard, Principal, Refusal};
use poem::endpoint::make_sync;
use poem::{EndpointExt, Request, Route};

static ADMINS: Guard = azure_auth::guard!(roles = "Admin", check = office_hours);

const ANYONE: Guard = azure_auth::guard!();

const fn auditors() -> Guard {
    azure_auth::guard!(roles = "Auditor")
}

fn office_hours(_: &Principal, request: &Request) -> Result<(), Refusal> {
    if request.headers().contains_key("x-closed") { Err(Refusal::new("closed")) } else { Ok(()) }
}

fn main() {
    let guards = [ADMINS, ANYONE, auditors(), { azure_auth::guard!(via = bearer) }];
    for guard in guards {
        drop(Route::new().at("/", make_sync(|_| "hello")).with(guard));
    }
}
