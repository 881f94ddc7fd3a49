#![no_implicit_prelude]
use ::azure_auth;
use ::azure_auth::Endpoints;

::std::include!("../../../azure-auth-macros/tests/expansions/endpoints_empty.rs");

fn main() {
    ::std::mem::drop(endpoints());
}
