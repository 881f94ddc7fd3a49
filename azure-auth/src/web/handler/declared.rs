//! A handler that says who may call it.

use std::future::{Future, Ready, ready};

use futures_util::future::BoxFuture;
use poem::Request;

use super::checked::Loaded;
use super::place::Place;
use super::principal::Principal;
use crate::model::policies::declaration::Declaration;
use crate::model::refusals::refusal::Refusal;

/// A handler that says who may call it, by `#[protect]` or `#[public]`.
///
/// Never implemented by hand: the attributes write the implementation next to the handler.
#[diagnostic::on_unimplemented(
    message = "handler `{Self}` does not say who may call it",
    label = "not declared",
    note = "write `#[azure_auth::protect]` above its `#[handler]` for signed-in callers, or `#[azure_auth::public]` to leave it open on purpose",
    note = "an endpoint that is not a handler is a row of its own: `protect(endpoint, roles = \"…\")`, or `public(endpoint, reason = \"…\")`"
)]
pub trait Declared: Sized {
    /// The declaration as written on the handler.
    const DECLARATION: Declaration;

    /// The handler's own `check`, asked when everything else holds.
    const CHECK: Option<Check> = None;

    /// The type itself. Unknown for one that is not declared, so that nothing else is asked of it.
    type Handler: From<Self>;

    /// Notes the declaration in a table and hands the handler back unchanged.
    ///
    /// A method of the trait: a function that asks for the trait would add its own source to the message above.
    #[must_use]
    fn listed(self, place: Place<'_>) -> Self::Handler {
        place.note(Self::DECLARATION);
        self.into()
    }
}

/// Asks a `check`. Its promise is boxed, so that nothing of it is compiled into the guard.
pub type Check = for<'a> fn(&'a Principal, &'a Request) -> BoxFuture<'a, Result<Loaded, Refusal>>;

/// What a `check` returns: its result, or the promise of one.
///
/// `Kind` only tells the two implementations apart.
#[diagnostic::on_unimplemented(
    message = "a `check` cannot return `{Self}`",
    label = "expected `Result<(), azure_auth::Refusal>`, or a future of it",
    note = "write `fn(&Principal, &poem::Request) -> Result<(), Refusal>`, sync or async; the handler can take what it returns in \
            place of `()` as `Checked<…>`"
)]
pub trait CheckOutcome<Kind> {
    /// What it hands on to the handler; mostly nothing.
    type Given: Send + 'static;

    /// The promise.
    type Promise: Future<Output = Result<Self::Given, Refusal>> + Send;

    /// A result is a promise that is kept already.
    fn promise(self) -> Self::Promise;
}

/// A function that answers at once.
pub struct AtOnce;

/// A function that answers later.
pub struct Later;

impl<T: Send + 'static> CheckOutcome<AtOnce> for Result<T, Refusal> {
    type Given = T;
    type Promise = Ready<Self>;

    fn promise(self) -> Ready<Self> {
        ready(self)
    }
}

#[diagnostic::do_not_recommend]
impl<T: Send + 'static, F: Future<Output = Result<T, Refusal>> + Send> CheckOutcome<Later> for F {
    type Given = T;
    type Promise = F;

    fn promise(self) -> F {
        self
    }
}

/// A `check` that gives what the handler takes as [`Checked`](crate::Checked).
#[diagnostic::on_unimplemented(
    message = "the `check` returns `{Self}`, but the handler takes `Checked<{T}>`",
    label = "expected a function that returns `Result<{T}, azure_auth::Refusal>`, or a future of it"
)]
pub trait Gives<T> {}

impl<T> Gives<T> for T {}

/// Joins both forms of `check`.
pub fn check_outcome<'a, Kind, Outcome: CheckOutcome<Kind, Promise: 'a>>(
    outcome: Outcome,
) -> BoxFuture<'a, Result<Loaded, Refusal>> {
    let promise = outcome.promise();
    Box::pin(async move { promise.await.map(Loaded::of) })
}

/// The same where the handler takes what the `check` gives.
pub fn check_outcome_giving<'a, T, Kind, Outcome: CheckOutcome<Kind, Promise: 'a, Given: Gives<T>>>(
    outcome: Outcome,
) -> BoxFuture<'a, Result<Loaded, Refusal>> {
    check_outcome(outcome)
}
