#![no_implicit_prelude]
use ::{azure_auth, poem, std};
use ::azure_auth::User;
use ::poem::{Result, handler};
use ::std::string::String;

::std::include!("../../../azure-auth-macros/tests/expansions/protect_alone.rs");

trait Owner {
    async fn files(&self) -> Result<String>;
}

impl Owner for User {
    async fn files(&self) -> Result<String> {
        let name = ::std::borrow::ToOwned::to_owned(self.display_name());
        ::std::future::ready(::std::result::Result::Ok(name)).await
    }
}

fn main() {
    ::std::mem::drop(::azure_auth::endpoints! { "/" => ::poem::get(files) });
}
