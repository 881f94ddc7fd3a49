#![no_implicit_prelude]
use ::azure_auth::{self, Token, graph};
use ::poem::handler;
use ::std::string::String;
use ::{poem, std};

::std::include!("../../../azure-auth-macros/tests/expansions/protect_with_a_token.rs");

fn main() {
    ::std::mem::drop(::azure_auth::endpoints! { "/" => ::poem::get(mail) });
}
