#![no_implicit_prelude]
use ::azure_auth;
use ::azure_auth::Endpoints;

::std::include!("../../expansions/endpoints_empty.rs");

fn main() {
    ::std::mem::drop(endpoints());
}
