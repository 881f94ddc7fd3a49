#![no_implicit_prelude]
use ::{azure_auth, poem, std};
use ::azure_auth::Endpoints;
use ::poem::middleware::{SizeLimit, Tracing};
use ::poem::{EndpointExt, get, handler};

::std::include!("../../../azure-auth-macros/tests/expansions/endpoints_of_every_kind.rs");

#[azure_auth::public]
#[handler]
fn home() {}

#[azure_auth::protect]
#[handler]
fn files() {}

#[azure_auth::protect(scopes = "openid Files.ReadWrite")]
#[handler]
fn write_file() {}

fn office_hours(
    _: &::azure_auth::Principal,
    request: &::poem::Request,
) -> ::std::result::Result<(), ::azure_auth::Refusal> {
    if request.headers().contains_key("x-closed") {
        return ::std::result::Result::Err(::azure_auth::Refusal::new("closed"));
    }
    ::std::result::Result::Ok(())
}

mod admin {
    pub(super) fn endpoints() -> ::azure_auth::Endpoints {
        ::azure_auth::endpoints! { "/" => ::poem::get(super::home) }
    }
}

#[allow(non_snake_case, reason = "in the place of a type that takes a feature of Poem")]
mod StaticFilesEndpoint {
    pub(super) fn new(text: &'static str) -> impl ::poem::Endpoint {
        ::poem::endpoint::make_sync(move |_| text)
    }
}

fn main() {
    ::std::mem::drop(endpoints());
}
