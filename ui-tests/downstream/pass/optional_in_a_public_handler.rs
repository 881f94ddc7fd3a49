use azure_auth::{ApplicationToken, Token, graph};
use poem::{get, handler};

#[azure_auth::public(reason = "greets by name who is known")]
#[handler]
fn home(_: Option<Token<graph::UserRead>>) -> &'static str {
    "home"
}

#[azure_auth::public]
#[handler]
fn status(_: ApplicationToken<graph::Resource>) -> &'static str {
    "status"
}

fn main() {
    drop(azure_auth::endpoints! { "/" => get(home), "/status" => get(status) });
}
