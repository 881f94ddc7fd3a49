use poem::http::Method;
use poem::{connect, delete, get, handler, head, options, patch, post, put, trace};

#[azure_auth::public]
#[handler]
fn home() -> &'static str {
    "hello"
}

fn main() {
    let endpoints = azure_auth::endpoints! {
        "/" => get(home).post(home).put(home).delete(home).head(home).options(home).connect(home).patch(home).trace(home),
        "/post" => post(home).method(Method::PUT, home).method(Method::GET, home),
        "/put" => put(home),
        "/delete" => delete(home),
        "/head" => head(home),
        "/options" => options(home),
        "/connect" => connect(home),
        "/patch" => patch(home),
        "/trace" => poem::trace(home).get(self::home),
        "/again" => trace(home)
    };
    drop(endpoints);
}
