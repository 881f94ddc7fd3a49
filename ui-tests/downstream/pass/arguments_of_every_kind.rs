use std::collections::HashMap;

use azure_auth::{Checked, Has, Principal, Refusal, Token, User, graph};
use poem::web::{Data, Json, Path, Query};
use poem::{Body, Request, Result, get, handler};

azure_auth::app! { roles: { Admin } }

fn load(_: &Principal, request: &Request) -> Result<u8, Refusal> {
    if request.headers().contains_key("x-closed") { Err(Refusal::new("closed")) } else { Ok(7) }
}

#[azure_auth::protect(roles = Admin, application_roles = Admin, check = load)]
#[handler]
async fn mail(
    request: &Request,
    page: Result<Query<HashMap<String, u32>>>,
    Data(limit): Data<&u32>,
    _: Has<Admin>,
    seven: Checked<u8>,
    Path((id, name)): Path<(u32, String)>,
    user: Option<User>,
    _: Token<graph::MailRead>,
) -> String {
    let page = page.map_or(0, |page| page.len());
    format!("{} {page} {limit} {} {id} {name} {}", request.uri(), *seven, user.is_some())
}

#[azure_auth::protect]
#[handler]
async fn send(principal: Principal, body: Body, host: &poem::http::Uri) -> String {
    format!("{principal:?} {} {host}", body.is_empty())
}

#[azure_auth::protect]
#[handler]
async fn echo(Json(text): Json<Vec<[u8; 2]>>) -> String {
    format!("{text:?}")
}

fn main() {
    drop(azure_auth::endpoints! { "/mail/:id/:name" => get(mail).post(send).put(echo) });
}
