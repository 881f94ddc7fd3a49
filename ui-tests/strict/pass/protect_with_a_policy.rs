#![no_implicit_prelude]
use ::{azure_auth, poem, std};
use ::poem::handler;

::std::include!("../../../azure-auth-macros/tests/expansions/protect_with_a_policy.rs");

::azure_auth::app! {
    roles: { Writer, Admin },
    policies: { Editor = role(Writer) || role(Admin) },
}

fn main() {
    ::std::mem::drop(::azure_auth::endpoints! { "/" => ::poem::get(pages) });
}
