//! The guard in front of a protected handler.

use std::marker::PhantomData;

use poem::{FromRequest, Request, RequestBody, Result};

use crate::model::declaration::Declared;

/// Proof that the caller meets the declaration of handler `H`: extracted before the handler's own arguments.
pub struct Guarded<H>(PhantomData<fn() -> H>);

impl<'a, H: Declared> FromRequest<'a> for Guarded<H> {
    async fn from_request(_request: &'a Request, _body: &mut RequestBody) -> Result<Self> {
        Ok(Self(PhantomData))
    }
}
