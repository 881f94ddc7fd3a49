#![no_implicit_prelude]
use ::poem::EndpointExt;

fn main() {
    let open = ::azure_auth::open!(reason = "for everyone");
    ::std::mem::drop(::poem::endpoint::make_sync(|_| "hello").with(open));
}
