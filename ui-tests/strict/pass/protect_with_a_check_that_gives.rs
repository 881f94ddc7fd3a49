#![no_implicit_prelude]
#![allow(unused_variables, unused_mut, reason = "the source says no more than it must")]
use ::{azure_auth, poem, std};
use ::azure_auth::{Checked, Principal, Refusal};
use ::poem::{Request, handler};
use ::std::result::Result;
use ::std::string::String;

::std::include!("../../../azure-auth-macros/tests/expansions/protect_with_a_check_that_gives.rs");

struct Ticket;

async fn load(_: &Principal, _: &Request) -> Result<Ticket, Refusal> {
    ::std::future::ready(Result::Ok(Ticket)).await
}

fn main() {
    ::std::mem::drop(::azure_auth::endpoints! { "/" => ::poem::get(read) });
}
