#![no_implicit_prelude]
use ::{poem, std};
use ::azure_auth::{Application, Has, Principal, User};
use ::poem::{FromRequest, Request, handler};
use ::std::marker::{Send, Sync};
use ::std::option::Option;
use ::std::result::Result;

::azure_auth::app! { roles: { Admin } }

#[::azure_auth::public]
#[handler]
fn alone() {}

#[::azure_auth::public()]
#[handler]
async fn optional(_: Option<User>, _: Option<Application>, _: Option<Has<Admin>>, principal: Option<Principal>) {
    ::std::mem::drop(::std::future::ready(principal).await);
}

#[::azure_auth::public(reason = "it says why nobody is there")]
#[handler]
fn explained(request: &Request, user: ::poem::Result<User>) -> Result<(), ::poem::Error> {
    let _ = request.uri();
    user.map(::std::mem::drop)
}

#[::azure_auth::public]
#[handler]
fn generic<A: for<'a> FromRequest<'a> + Send + Sync>(argument: A) {
    ::std::mem::drop(argument);
}

fn main() {
    let generic = <generic<Option<::poem::Body>> as ::std::default::Default>::default();
    ::std::mem::drop(::azure_auth::endpoints! {
        "/" => ::poem::get(alone).post(optional).put(explained).patch(generic)
    });
}
