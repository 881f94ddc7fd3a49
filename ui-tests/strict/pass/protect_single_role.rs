#![no_implicit_prelude]
use ::{azure_auth, poem, std};
use ::poem::handler;
use ::poem::web::{Json, Path};
use ::std::vec::Vec;

::std::include!("../../../azure-auth-macros/tests/expansions/protect_single_role.rs");

type Invoice = u32;

trait Invoices: ::std::marker::Sized {
    async fn of(id: u32) -> Vec<Self>;
}

impl Invoices for Invoice {
    async fn of(id: u32) -> Vec<Self> {
        ::std::future::ready(::std::vec![id]).await
    }
}

fn main() {
    ::std::mem::drop(::azure_auth::endpoints! { "/:id" => ::poem::get(invoices) });
}
