#![no_implicit_prelude]
use ::{azure_auth, poem, std};
use ::poem::handler;

::std::include!("../../../azure-auth-macros/tests/expansions/protect_every_key_by_items.rs");

mod vocabulary {
    ::azure_auth::app! {
        roles: { Admin, JobsRun("Jobs.Run") },
        scopes: { FilesRead("Files.Read") },
        groups: {
            Staff("11111111-aaaa-4bbb-8ccc-222222222222"),
            Board("33333333-aaaa-4bbb-8ccc-444444444444"),
        },
    }
}
use vocabulary::{Admin, FilesRead, JobsRun, Staff};

fn main() {
    ::std::mem::drop(::azure_auth::endpoints! { "/" => ::poem::get(files) });
}
