//! `/me`, `/me/photo/$value`, `/users`.

use poem::Response;
use poem::http::StatusCode;
use serde_json::{Value, json};

use super::caller::Caller;
use super::graph_error::GraphError;
use super::paging;
use crate::directory::user::User;
use crate::exchange::call::Call;

/// Permissions with which an application may read the person it calls for.
pub(super) const READ_ONE: &[&str] = &[
    "User.Read",
    "User.ReadWrite",
    "User.Read.All",
    "User.ReadWrite.All",
    "Directory.Read.All",
    "Directory.ReadWrite.All",
];

/// Permissions with which it may read everybody.
const READ_ALL: &[&str] =
    &["User.ReadBasic.All", "User.Read.All", "User.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"];

pub(super) fn me(caller: &Caller<'_>) -> Result<Value, GraphError> {
    let mut person = describe(caller.person(READ_ONE)?);
    person["@odata.context"] = json!(context(caller, "users/$entity"));
    Ok(person)
}

/// One picture for everybody who is at home in the tenant; guests have none.
pub(super) fn photo(caller: &Caller<'_>) -> Result<Response, GraphError> {
    let user = caller.person(READ_ONE)?;
    if user.is_guest_in(&caller.tenant.id) {
        return Err(GraphError::no_photo());
    }
    Ok(Response::builder().status(StatusCode::OK).content_type("image/png").body(&include_bytes!("photo.png")[..]))
}

pub(super) fn users(caller: &Caller<'_>, call: &Call) -> Result<Value, GraphError> {
    caller.require(READ_ALL)?;
    let people = caller.state.directory.users().filter(|user| user.belongs_to(&caller.tenant.id));
    let people: Vec<Value> = people.map(describe).collect();
    Ok(paging::page(caller, call, "users", people))
}

fn describe(user: &User) -> Value {
    let (given_name, surname) = user.name.split_once(' ').unwrap_or((&user.name, ""));
    json!({
        "businessPhones": [], "displayName": user.name, "givenName": given_name, "jobTitle": null,
        "mail": user.email, "mobilePhone": null, "officeLocation": null, "preferredLanguage": null,
        "surname": surname, "userPrincipalName": user.user_name, "id": user.oid(),
    })
}

/// `@odata.context`: which kind of thing an answer is.
pub(super) fn context(caller: &Caller<'_>, kind: &str) -> String {
    format!("{}/v1.0/$metadata#{kind}", caller.state.origin)
}
