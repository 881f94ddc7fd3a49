//! Proof, as an argument, that the caller has an app role, a scope, or belongs to a group.

use std::fmt;
use std::marker::PhantomData;

use azure_auth_policy::Policy;
use poem::{FromRequest, Request, RequestBody, Result};

use super::extractor::Extractor;
use super::principal::Principal;
use crate::model::policies::proof::Provable;
use crate::rules::policy::admission;
use crate::web::request::authentication;
use crate::web::request::context::RequestContext;

/// Proof that the caller has what an item of [`app!`](crate::app!) stands for: an app role, a scope, a group, or
/// several in parentheses.
///
/// Nothing but the guard makes one, so that a function which takes it cannot be reached by a caller without. Where a
/// handler takes one, its [`protect`](crate::protect) must ask for at least that, or it does not compile.
///
/// ```
/// use azure_auth::Has;
/// use poem::{get, handler};
///
/// azure_auth::app! {
///     roles: { Admin = "Can administer" },
///     scopes: { FilesDelete("Files.Delete") = "Delete files" },
/// }
///
/// /// Wherever this is called, the caller was found to be an administrator.
/// fn delete_everything(_: Has<Admin>) -> &'static str {
///     "gone"
/// }
///
/// #[azure_auth::protect(roles = Admin)]
/// #[handler]
/// fn reset(admin: Has<Admin>) -> &'static str {
///     delete_everything(admin)
/// }
///
/// #[azure_auth::protect(roles = all(Admin, "Auditor"), scopes = FilesDelete)]
/// #[handler]
/// fn purge(admin: Has<Admin>, _: Has<(Admin, FilesDelete)>) -> &'static str {
///     delete_everything(admin)
/// }
///
/// let endpoints = azure_auth::endpoints! { "/reset" => get(reset), "/purge" => get(purge) };
/// ```
///
/// What `protect` asks of people and what it asks of applications must both imply it, where applications are admitted.
/// A browser's session has every scope of its own application.
///
/// The declaration is compared where the argument is written as `Has<…>`. Under a type alias, inside an extractor of your
/// own, and in a generic handler only the caller is, at run time: one without it is refused with 403. `Option<Has<…>>` is `None` for such a caller, and
/// asks nothing of the declaration; it leaves the line of a refusal in the log, which
/// [`Principal::proof`](crate::Principal::proof) does not.
///
/// It says what held when the request was admitted. Code that runs on after the answer asks
/// [`Principal::ended`](crate::Principal::ended).
pub struct Has<T: ?Sized> {
    pub(crate) proved: PhantomData<fn() -> T>,
}

impl Principal {
    /// Proof that the caller has what an item of [`app!`](crate::app!) stands for, where only some callers need it: for a part
    /// of what a handler does, such as one resolver of GraphQL. It is the question that an argument [`Has`] asks, but "no" is
    /// an answer here and no refusal, so that the log does not have it.
    ///
    /// ```
    /// use azure_auth::{Has, Principal};
    /// use poem::handler;
    ///
    /// azure_auth::app! { roles: { Admin = "Can administer" } }
    ///
    /// fn every_file(_: Has<Admin>) -> &'static str {
    ///     "all files"
    /// }
    ///
    /// #[azure_auth::protect]
    /// #[handler]
    /// fn files(principal: Principal) -> &'static str {
    ///     principal.proof::<Admin>().map_or("your files", every_file)
    /// }
    /// ```
    pub fn proof<T: Provable>(&self) -> Option<Has<T>> {
        let judged = admission::judge_fact(const { &T::FACT }, &self.inner);
        judged.ok().map(|()| Has { proved: PhantomData })
    }
}

impl<'a, T: Provable> FromRequest<'a> for Has<T> {
    async fn from_request(request: &'a Request, _body: &mut RequestBody) -> Result<Self> {
        let context = RequestContext::of(request)?;
        let principal = authentication::authenticate(&context).await.map_err(authentication::error)?;
        match admission::judge_fact(const { &T::FACT }, &principal) {
            Ok(()) => Ok(Self { proved: PhantomData }),
            Err(refusal) => Err(authentication::error(authentication::refuse(&context, &refusal))),
        }
    }
}

impl<T: ?Sized> Clone for Has<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: ?Sized> Copy for Has<T> {}

impl<T: ?Sized> fmt::Debug for Has<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Has")
    }
}

impl<T: Provable> Extractor<Has<T>> {
    /// What the argument proves, for the declaration of its handler.
    pub const FACT: Policy<'static> = T::FACT;
}
