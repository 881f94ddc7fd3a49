#![allow(dead_code, non_camel_case_types, reason = "they stand in the way on purpose")]
use poem::EndpointExt;
use poem::endpoint::make_sync;

struct Guard;
struct Declaration;
struct Option;
struct str;

fn guard() {}

fn main() {
    let (__principal, __request) = (guard, 7);
    let _ = (__principal, __request);
    drop(make_sync(|_| "hello").with(azure_auth::guard!(scopes = "openid", via = session)));
    drop(azure_auth::endpoints! { "/" => protect(make_sync(|_| "hello"), via = session) });
}
