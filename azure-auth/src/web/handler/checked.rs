//! What a `check` loaded, as an argument of the handler.

use std::any::{Any, TypeId};
use std::fmt;
use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Mutex, PoisonError};

use poem::error::ResponseError;
use poem::http::StatusCode;
use poem::{FromRequest, Request, RequestBody, Result};
use thiserror::Error;

use crate::model::refusals::reason::Reason;
use crate::web::pages::misuse;
use crate::web::request::findings::Findings;

/// What the handler's own `check` returned in place of `()`, such as the object that it had to load to judge the request.
///
/// Nothing but the guard makes one, so that a function which takes it cannot be reached by a request that was not checked,
/// and nothing is loaded twice.
///
/// ```
/// use azure_auth::{Checked, Principal, Refusal};
/// use poem::{Request, get, handler};
///
/// struct Ticket {
///     owner: String,
///     text: String,
/// }
///
/// # async fn load(_: &Request) -> Option<Ticket> { None }
/// /// The owner, and administrators. Of anybody else's ticket nobody learns that it is there.
/// async fn owner_or_administrator(principal: &Principal, request: &Request) -> Result<Ticket, Refusal> {
///     let ticket = load(request).await.ok_or(Refusal::not_found("There is no such ticket."))?;
///     let is_owner = principal.user().is_some_and(|user| user.id().to_string() == ticket.owner);
///     if is_owner || principal.has_role("Admin").is_yes() {
///         return Ok(ticket);
///     }
///     Err(Refusal::not_found("There is no such ticket."))
/// }
///
/// #[azure_auth::protect(check = owner_or_administrator)]
/// #[handler]
/// fn read(ticket: Checked<Ticket>) -> String {
///     ticket.into_inner().text
/// }
///
/// let endpoints = azure_auth::endpoints! { "/tickets/:id" => get(read) };
/// ```
///
/// The two are compared where the argument is written as `Checked<…>`: a handler whose [`protect`](crate::protect) has no
/// `check`, or one that returns something else, does not compile. It is always what the handler's *own* `check` returned,
/// whatever guards are around the handler.
///
/// A handler that declares nothing itself, in a router behind [`guard!`](crate::guard), is given what the innermost guard
/// with a `check` of this type returned. Where there is none it answers 500 `checked-missing`, and so does an argument under
/// a type alias, because the compiler does not see there what it is.
pub struct Checked<T>(pub(crate) T);

impl<T> Checked<T> {
    /// What the `check` returned.
    ///
    /// ```
    /// fn rename(name: azure_auth::Checked<String>) -> String {
    ///     name.into_inner()
    /// }
    /// ```
    pub fn into_inner(self) -> T {
        self.0
    }
}

impl<T> Deref for Checked<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> DerefMut for Checked<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.0
    }
}

/// It may be anything, and anybody's.
impl<T> fmt::Debug for Checked<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Checked(…)")
    }
}

/// What a `check` handed on, whatever it is.
#[derive(Default)]
pub struct Loaded(Option<Box<dyn Any + Send>>);

impl Loaded {
    /// Most checks hand on nothing.
    pub(crate) fn of<T: Send + 'static>(value: T) -> Self {
        let is_nothing = TypeId::of::<T>() == TypeId::of::<()>();
        Self((!is_nothing).then(|| Box::new(value) as Box<dyn Any + Send>))
    }

    /// For the handler whose `check` it is.
    pub(crate) fn into_checked<T: 'static>(self) -> Result<Checked<T>, NotGiven> {
        let value = self.0.ok_or(NotGiven)?.downcast().map_err(|_| NotGiven)?;
        Ok(Checked(*value))
    }

    pub(crate) fn is_something(&self) -> bool {
        self.0.is_some()
    }

    /// For whatever is behind the guard whose `check` it is.
    pub(crate) fn hand_on(self, request: &mut Request) {
        let Some(value) = self.0 else { return };
        let mut handed = request.extensions().get::<HandedOn>().cloned().unwrap_or_default();
        handed.0.push(Arc::new(Mutex::new(Some(value))));
        request.extensions_mut().insert(handed);
    }
}

/// What the guards around a request gave, the innermost last. Each can be taken once.
#[derive(Clone, Default)]
struct HandedOn(Vec<Handed>);

type Handed = Arc<Mutex<Option<Box<dyn Any + Send>>>>;

impl HandedOn {
    fn take<T: 'static>(&self) -> Option<Checked<T>> {
        self.0.iter().rev().find_map(|handed| {
            let mut handed = handed.lock().unwrap_or_else(PoisonError::into_inner);
            let value = handed.take_if(|value| value.is::<T>())?;
            value.downcast().ok().map(|value| Checked(*value))
        })
    }
}

impl<'a, T: Send + 'static> FromRequest<'a> for Checked<T> {
    async fn from_request(request: &'a Request, _body: &mut RequestBody) -> Result<Self> {
        // What another guard checked is not what the handler's own one did.
        let findings = request.extensions().get::<Arc<Findings>>();
        if findings.is_some_and(|findings| findings.has_own_check()) {
            return Err(NotGiven.into());
        }
        let handed = request.extensions().get::<HandedOn>();
        Ok(handed.and_then(HandedOn::take).ok_or(NotGiven)?)
    }
}

/// A handler that takes what nobody gives: it answers 500 and never runs.
#[derive(Clone, Copy, Debug, Error)]
#[error("a handler takes `Checked<…>`, and no guard in front of it gives one")]
pub(crate) struct NotGiven;

impl ResponseError for NotGiven {
    fn status(&self) -> StatusCode {
        StatusCode::INTERNAL_SERVER_ERROR
    }

    fn as_response(&self) -> poem::Response {
        misuse::answer(Reason::CheckedMissing, "no `Checked<…>` of a guard", "a `check` that returns it")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_check_without_a_value_hands_on_nothing() {
        assert!(!Loaded::of(()).is_something() && Loaded::of(7_u8).is_something());
        assert!(Loaded::of(()).into_checked::<u8>().is_err() && Loaded::of(7_u8).into_checked::<u16>().is_err());
        assert_eq!(Loaded::of(7_u8).into_checked::<u8>().unwrap().into_inner(), 7);
    }

    #[test]
    fn of_several_guards_the_innermost_that_gives_the_type_is_asked_and_each_once() {
        let mut request = Request::default();
        for loaded in [Loaded::of(1_u8), Loaded::of("text"), Loaded::of(2_u8), Loaded::of(3_u16), Loaded::of(())] {
            loaded.hand_on(&mut request);
        }
        let handed = request.extensions().get::<HandedOn>().unwrap();
        let bytes = || handed.take::<u8>().map(Checked::into_inner);
        assert_eq!([bytes(), bytes(), bytes()], [Some(2), Some(1), None]);
        assert_eq!(handed.take::<u16>().map(Checked::into_inner), Some(3));
        assert!(handed.take::<u64>().is_none());
    }

    #[test]
    fn what_was_loaded_does_not_print() {
        assert_eq!(format!("{:?}", Checked("adele@contoso.example")), "Checked(…)");
    }
}
