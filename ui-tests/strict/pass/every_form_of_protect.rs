#![no_implicit_prelude]
use ::{poem, std};
use ::azure_auth::{Has, Principal, Refusal};
use ::poem::{FromRequest, Request, handler};
use ::std::marker::{Send, Sync};
use ::std::option::Option;
use ::std::result::Result;

::azure_auth::app! {
    roles: { Admin = "Can administer", Writer("Tasks.Write") },
    scopes: { FilesRead("Files.Read"), Profiles },
    groups: { Staff("11111111-aaaa-4bbb-8ccc-222222222222") = "Everyone on the payroll" },
}

#[::azure_auth::protect(
    scopes = all("openid email", FilesRead, "Files.Delete", self::Profiles),
    roles = all(Admin, "Owner"),
    groups = any(Staff, "33333333-aaaa-4bbb-8ccc-444444444444"),
    tenants = any("55555555-aaaa-4bbb-8ccc-666666666666", "77777777-aaaa-4bbb-8ccc-888888888888"),
    via = bearer,
    check = later,
)]
#[handler]
async fn person(admin: Has<Admin>, all: Has<(Admin, FilesRead, Profiles)>, _: Option<Has<Staff>>) {
    let _ = ::std::future::ready((admin, all)).await;
}

#[::azure_auth::protect(
    allow = (role(Admin) || scope("Files.Write")) && !group(Staff)
        || (application_role(self::Writer) || application_role("Jobs.Run")) && !tenant("55555555-aaaa-4bbb-8ccc-666666666666"),
    check = self::at_once
)]
#[handler]
fn application() {}

#[::azure_auth::protect(allow = role(Writer) && scope(FilesRead) || role("Owner") && group(Staff))]
#[handler]
fn policy() {}

#[::azure_auth::protect(application_roles = any(Writer, "Jobs.Run"), via = bearer)]
#[handler]
fn job() {}

#[::azure_auth::protect(scopes = FilesRead, application_roles = all(Writer, "Jobs.Run"))]
#[handler]
fn both() {}

#[::azure_auth::protect(allow = user() && !role(Writer) || application_role(Writer))]
#[handler]
fn any_person_but() {}

fn at_once(principal: &Principal, _: &Request) -> Result<(), Refusal> {
    if principal.user().is_some() {
        return Result::Err(Refusal::new("for applications only"));
    }
    Result::Ok(())
}

async fn later(principal: &Principal, request: &Request) -> Result<(), Refusal> {
    ::std::future::ready(at_once(principal, request)).await
}

#[::azure_auth::protect(roles = Admin, via = session, check = at_once)]
#[handler]
fn generic<A, B: for<'a> FromRequest<'a> + Send + Sync>(_: A, second: B)
where
    A: for<'a> FromRequest<'a> + Send + Sync,
{
    ::std::mem::drop(second);
}

fn main() {
    #[::azure_auth::protect]
    #[handler]
    fn local() {}

    let generic = <generic<Option<::poem::Body>, ::std::vec::Vec<u8>> as ::std::default::Default>::default();
    ::std::mem::drop(::azure_auth::endpoints! {
        "/person" => ::poem::get(person).post(policy),
        "/application" => ::poem::get(application).post(local).put(generic),
        "/job" => ::poem::get(job).post(both).put(any_person_but),
    });
}
