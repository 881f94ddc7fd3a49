#![no_implicit_prelude]

// What Poem's own attribute expects here.
use ::{poem, std};

mod core {}
mod azure_auth {}

#[::azure_auth::protect(scopes = "openid", roles = any("Admin", "Writer"), via = session, check = always)]
#[::poem::handler]
fn files() -> ::std::string::String {
    ::std::string::String::new()
}

fn always(_: &::azure_auth::Principal, request: &::poem::Request) -> ::std::result::Result<(), ::azure_auth::Refusal> {
    if request.headers().contains_key("x-closed") {
        return ::std::result::Result::Err(::azure_auth::Refusal::new("closed"));
    }
    ::std::result::Result::Ok(())
}

#[::azure_auth::public(reason = "the start page")]
#[::poem::handler]
fn home(_: Text) -> Text {
    ::std::string::String::new()
}

type Text = ::std::string::String;

fn main() {
    let endpoints = ::azure_auth::endpoints! {
        "/"      => ::poem::get(home),
        "/files" => ::poem::get(files).post(files),
        "/more"  => nest(::azure_auth::endpoints! {}),
        "/ping"  => public(::poem::endpoint::make_sync(|_| ""), reason = "for the load balancer"),
    };
    ::std::mem::drop(endpoints);
}
