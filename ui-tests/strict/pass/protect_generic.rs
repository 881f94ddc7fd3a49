#![no_implicit_prelude]
#![allow(clippy::multiple_bound_locations, reason = "an expansion keeps both")]
use ::{azure_auth, poem, std};
use ::poem::handler;
use ::poem::web::{Data, Json};
use ::std::marker::{Send, Sync};
use ::std::sync::Arc;
use ::std::vec::Vec;

::std::include!("../../../azure-auth-macros/tests/expansions/protect_generic.rs");

type File = u8;

trait Store {
    fn files(&self) -> Vec<File>;
}

struct Empty;

impl Store for Empty {
    fn files(&self) -> Vec<File> {
        Vec::new()
    }
}

fn main() {
    let files = <files<Empty> as ::std::default::Default>::default();
    ::std::mem::drop(::azure_auth::endpoints! { "/" => ::poem::get(files) }.data(Arc::new(Empty)));
}
