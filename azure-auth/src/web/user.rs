//! The signed-in person, as handlers see them.

use poem::{FromRequest, Request, RequestBody, Result};

/// The signed-in person.
#[derive(Clone, Debug)]
pub struct User;

impl<'a> FromRequest<'a> for User {
    async fn from_request(_request: &'a Request, _body: &mut RequestBody) -> Result<Self> {
        Ok(Self)
    }
}
