//! A handler that says who may call it.

use std::future::{Future, Ready, ready};

use poem::Request;

use super::principal::Principal;
use crate::model::declaration::Declaration;
use crate::model::refusal::Refusal;

/// A handler that says who may call it, by `#[protect]` or `#[public]`.
///
/// Never implemented by hand: the attributes write the implementation next to the handler.
#[diagnostic::on_unimplemented(
    message = "handler `{Self}` does not say who may call it",
    label = "not declared",
    note = "write `#[azure_auth::protect]` above its `#[handler]` for signed-in callers, or `#[azure_auth::public]` to leave it open on purpose"
)]
pub trait Declared {
    /// The declaration as written on the handler.
    const DECLARATION: Declaration;

    /// The handler's own `check`, asked when everything else holds.
    fn check(_principal: &Principal, _request: &Request) -> impl Future<Output = Result<(), Refusal>> + Send {
        ready(Ok(()))
    }
}

/// What a `check` returns: its result, or the promise of one.
///
/// `Kind` only tells the two implementations apart.
pub trait CheckOutcome<Kind> {
    /// The promise.
    type Promise: Future<Output = Result<(), Refusal>> + Send;

    /// A result is a promise that is kept already.
    fn promise(self) -> Self::Promise;
}

/// A function that answers at once.
pub struct AtOnce;

/// A function that answers later.
pub struct Later;

impl CheckOutcome<AtOnce> for Result<(), Refusal> {
    type Promise = Ready<Self>;

    fn promise(self) -> Ready<Self> {
        ready(self)
    }
}

impl<F: Future<Output = Result<(), Refusal>> + Send> CheckOutcome<Later> for F {
    type Promise = F;

    fn promise(self) -> F {
        self
    }
}

/// Joins both forms of `check`.
pub fn check_outcome<Kind, Outcome: CheckOutcome<Kind>>(outcome: Outcome) -> Outcome::Promise {
    outcome.promise()
}
