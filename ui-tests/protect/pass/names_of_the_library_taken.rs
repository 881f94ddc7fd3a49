#![allow(dead_code, non_camel_case_types, reason = "they stand in the way on purpose")]
use poem::{get, handler};

struct Guarded;
struct Declared;
struct Declaration;
struct Via;
struct Extractor;
struct Table;
struct str;
struct bool;

#[azure_auth::protect(scopes = "openid", via = session)]
#[handler]
fn r#move(_: azure_auth::User) -> String {
    String::new()
}

#[azure_auth::public]
#[handler]
fn home(_: String) -> String {
    String::new()
}

fn main() {
    let (__table, __endpoint) = (home, r#move);
    drop(azure_auth::endpoints! { "/" => get(__table), "/move" => get(__endpoint) });
}
