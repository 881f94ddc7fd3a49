#![no_implicit_prelude]
#![allow(unused_variables, reason = "the source says no more than it must")]
use ::{azure_auth, poem, std};
use ::azure_auth::Has;
use ::poem::handler;
use ::std::string::String;

::std::include!("../../../azure-auth-macros/tests/expansions/protect_with_a_proof.rs");

::azure_auth::app! { roles: { Admin } }

fn main() {
    ::std::mem::drop(::azure_auth::endpoints! { "/" => ::poem::get(files) });
}
