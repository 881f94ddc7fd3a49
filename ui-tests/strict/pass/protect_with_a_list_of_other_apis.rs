#![no_implicit_prelude]
use ::azure_auth::{self, graph};
use ::poem::handler;
use ::{poem, std};

::std::include!("../../../azure-auth-macros/tests/expansions/protect_with_a_list_of_other_apis.rs");

fn main() {
    ::std::mem::drop(::azure_auth::endpoints! { "/" => ::poem::get(mail) });
}
