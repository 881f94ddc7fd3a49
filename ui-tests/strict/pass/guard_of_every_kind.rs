#![no_implicit_prelude]
use ::azure_auth::{Guard, Principal, Refusal};
use ::poem::Request;
use ::azure_auth;

::std::include!("../../../azure-auth-macros/tests/expansions/guard_of_every_kind.rs");

fn office_hours(_: &Principal, request: &Request) -> ::std::result::Result<(), Refusal> {
    if request.headers().contains_key("x-closed") {
        return ::std::result::Result::Err(Refusal::new("closed"));
    }
    ::std::result::Result::Ok(())
}

fn main() {
    let _ = [administrators(), anyone(), auditors()];
}
