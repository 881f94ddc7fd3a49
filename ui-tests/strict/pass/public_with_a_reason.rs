#![no_implicit_prelude]
use ::{azure_auth, poem, std};
use ::azure_auth::User;
use ::poem::handler;
use ::poem::web::Html;
use ::std::option::Option;
use ::std::string::String;

::std::include!("../../../azure-auth-macros/tests/expansions/public_with_a_reason.rs");

fn page(user: Option<User>) -> Html<String> {
    Html(user.map_or(String::new(), |user| ::std::borrow::ToOwned::to_owned(user.display_name())))
}

fn main() {
    ::std::mem::drop(::azure_auth::endpoints! { "/" => ::poem::get(home) });
}
