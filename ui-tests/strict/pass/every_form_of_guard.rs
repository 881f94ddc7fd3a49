#![no_implicit_prelude]
use ::azure_auth::{Guard, Principal, Refusal};
use ::poem::{EndpointExt, Request, Route};
use ::std::result::Result;

::azure_auth::app! {
    roles: { Admin = "Can administer", Writer("Tasks.Write") },
    scopes: { FilesRead("Files.Read") },
    groups: { Staff("11111111-aaaa-4bbb-8ccc-222222222222") = "Everyone on the payroll" },
}

static ADMINS: Guard = ::azure_auth::guard!(roles = Admin, check = self::at_once);

const fn anyone() -> Guard {
    ::azure_auth::guard!()
}

fn at_once(principal: &Principal, _: &Request) -> Result<(), Refusal> {
    if principal.user().is_some() {
        return Result::Err(Refusal::new("for applications only"));
    }
    Result::Ok(())
}

async fn later(principal: &Principal, request: &Request) -> Result<(), Refusal> {
    ::std::future::ready(at_once(principal, request)).await
}

fn endpoint() -> impl ::poem::Endpoint {
    ::poem::endpoint::make_sync(|_| "hello")
}

fn main() {
    let own = Route::new().at("/", endpoint()).with(ADMINS).with(anyone());
    let endpoints = ::azure_auth::endpoints! {
        "/own"       => protect(own),
        "/one"       => protect(endpoint(), roles = any(Admin, "Owner"), groups = Staff, check = later),
        "/two/*rest" => protect(endpoint(), scopes = all("openid", FilesRead), via = bearer,),
        "/three"     => protect(::azure_auth::endpoints!(), application_roles = Writer),
        "/four"      => protect(
            endpoint(),
            tenants = "55555555-aaaa-4bbb-8ccc-666666666666",
            allow = user() && !role(Writer) || application_role(Writer)
        ),
    };
    ::std::mem::drop(endpoints.with(::azure_auth::guard!(allow = role(Admin) || group(Staff), check = later)));
}
