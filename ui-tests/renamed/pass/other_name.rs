use poem::{get, handler};

#[sign_in::protect(
    scopes = "openid Files.Read",
    roles = any("Admin", "Writer"),
    groups = "11111111-aaaa-4bbb-8ccc-222222222222",
    via = bearer,
    allow = role("Admin") || user() && !tenant("11111111-aaaa-4bbb-8ccc-222222222222"),
    check = always
)]
#[handler]
fn files(user: sign_in::User) -> String {
    user.display_name().to_owned()
}

fn always(_: &sign_in::Principal, request: &poem::Request) -> Result<(), sign_in::Refusal> {
    if request.headers().contains_key("x-closed") { Err(sign_in::Refusal::new("closed")) } else { Ok(()) }
}

#[sign_in::public(reason = "the start page")]
#[handler]
fn home(_: String) -> &'static str {
    "hello"
}

fn main() {
    let endpoints = sign_in::endpoints! {
        "/"      => get(home),
        "/files" => get(files),
        "/more"  => nest(sign_in::endpoints!()),
        "/own"   => protect(poem::endpoint::make_sync(|_| "own"), roles = "Admin", check = always),
        "/ping"  => public(poem::endpoint::make_sync(|_| "pong"), reason = "for the load balancer"),
    };
    drop(endpoints.with(sign_in::guard!(tenants = "11111111-aaaa-4bbb-8ccc-222222222222", check = always)));
}
