#![no_implicit_prelude]
#![deny(missing_docs, unreachable_pub, missing_debug_implementations, reason = "the strictest there are")]
//! Strict on purpose.

// What Poem's own attribute expects here.
use ::{poem, std};

#[allow(dead_code, non_camel_case_types, reason = "they stand in the way on purpose")]
mod vocabulary {
    struct str;
    struct Item;
    struct AppRole;
    ::azure_auth::app! {
        roles: { Admin },
        scopes: { FilesRead("Files.Read") },
        groups: { Staff("11111111-aaaa-4bbb-8ccc-222222222222") },
    }
}

#[::azure_auth::protect(roles = vocabulary::Admin, groups = vocabulary::Staff, scopes = vocabulary::FilesRead)]
#[::poem::handler]
fn files() -> &'static str {
    "files"
}

fn main() {
    ::std::mem::drop(::azure_auth::endpoints! { "/" => ::poem::get(files) });
}
