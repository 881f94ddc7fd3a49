use poem::middleware::{AddData, SetHeader, SizeLimit};
use poem::{EndpointExt, get, handler, http::StatusCode};

#[azure_auth::public]
#[handler]
fn home() -> &'static str {
    "hello"
}

fn main() {
    let endpoints = azure_auth::endpoints! {
        "/"       => get(home.with(SizeLimit::new(7))),
        "/two"    => get(home.with(SizeLimit::new(7)).data(7).with(SetHeader::new().appending("a", "b"))),
        "/second" => get(home).post(home.before(|request| async move { Ok(request) })),
        "/row"    => get(home).post(home).with(AddData::new(7_u8)).catch_all_error(|_| async { StatusCode::GONE }),
    };
    drop(endpoints.with(SizeLimit::new(7)).data(7_u8));
}
