//! A token for another API, as an argument.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use poem::{FromRequest, Request, RequestBody, Result};

use super::extractor::Extractor;
use crate::model::downstream::held_token::HeldToken;
use crate::model::downstream::need::Need;
use crate::model::policies::delegated::{Delegated, ResourceItem};
use crate::web::request::context::NotMounted;

/// A token with which the program may act at another API for the person who calls.
pub struct Token<P: Delegated> {
    held: Arc<HeldToken>,
    permissions: PhantomData<fn() -> P>,
}

/// The program's own token for another API.
pub struct ApplicationToken<R: ResourceItem> {
    held: Arc<HeldToken>,
    resource: PhantomData<fn() -> R>,
}

impl<'a, P: Delegated> FromRequest<'a> for Token<P> {
    async fn from_request(_request: &'a Request, _body: &mut RequestBody) -> Result<Self> {
        Err(NotMounted.into())
    }
}

impl<'a, R: ResourceItem> FromRequest<'a> for ApplicationToken<R> {
    async fn from_request(_request: &'a Request, _body: &mut RequestBody) -> Result<Self> {
        Err(NotMounted.into())
    }
}

impl<P: Delegated> fmt::Debug for Token<P> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Token").field(&self.held).finish()
    }
}

impl<R: ResourceItem> fmt::Debug for ApplicationToken<R> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("ApplicationToken").field(&self.held).finish()
    }
}

impl<P: Delegated> Extractor<Token<P>> {
    /// Without a caller there is nobody to act for.
    pub const DEMANDS_CALLER: bool = true;

    /// What the argument needs.
    pub const NEED: Need = Need::Person { permissions: P::PERMISSIONS, is_optional: false };
}

impl<P: Delegated> Extractor<Option<Token<P>>> {
    /// What the argument would take.
    pub const NEED: Need = Need::Person { permissions: P::PERMISSIONS, is_optional: true };
}

impl<R: ResourceItem> Extractor<ApplicationToken<R>> {
    /// What the argument needs.
    pub const NEED: Need = Need::Application(R::NAME);
}
