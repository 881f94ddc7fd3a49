#![no_implicit_prelude]
use ::azure_auth::{self, Token, graph};
use ::poem::handler;
use ::std::option::Option;
use ::{poem, std};

::std::include!("../../../azure-auth-macros/tests/expansions/public_with_an_optional_token.rs");

fn main() {
    ::std::mem::drop(::azure_auth::endpoints! { "/" => ::poem::get(home) });
}
