#![no_implicit_prelude]
use ::{azure_auth, poem, std};
use ::poem::handler;
use ::std::string::String;

::std::include!("../../../azure-auth-macros/tests/expansions/public_with_an_argument.rs");

fn main() {
    ::std::mem::drop(::azure_auth::endpoints! { "/" => ::poem::get(echo) });
}
