#![no_implicit_prelude]
use ::{azure_auth, poem, std};
use ::azure_auth::{Principal, Refusal};
use ::poem::{Request, handler};

::std::include!("../../../azure-auth-macros/tests/expansions/protect_every_key.rs");

fn office_hours(_: &Principal, request: &Request) -> ::std::result::Result<(), Refusal> {
    if request.headers().contains_key("x-closed") {
        return ::std::result::Result::Err(Refusal::new("closed"));
    }
    ::std::result::Result::Ok(())
}

fn main() {
    ::std::mem::drop(::azure_auth::endpoints! { "/" => ::poem::get(files) });
}
