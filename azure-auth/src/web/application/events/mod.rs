//! What happens, told to the application.

use std::any::TypeId;
use std::fmt;
use std::future::{Future, ready};
use std::pin::Pin;

use sign_in::SignIn;
use sign_out::SignOut;
use told_request::{AdmittedRequest, RefusedRequest};

use crate::model::callers::identity::UserId;
use crate::model::refusals::refusal::Refusal;

mod audit_line;
pub(crate) mod audit_log;
pub(crate) mod sign_in;
pub(crate) mod sign_out;
pub(crate) mod telling;
pub(crate) mod told_request;

/// What happens, told to the application. Implement what you need; the rest does nothing.
///
/// It is given to [`AzureAuthBuilder::auth_events`](crate::AzureAuthBuilder::auth_events). What happens to sessions is told while
/// it happens: those methods may wait for a database, and the person waits as long. What happens to requests is told beside
/// them, one after the other and in order, by a task that begins with the first of them, and no request waits. Up to 1,024
/// wait to be told; what finds no room is [`lost`](Self::lost). A method that panics is called again for the next one.
///
/// Two of them are one, as a pair: `(Office, Audit)`. The second is told after the first, and of a sign-in only if the first
/// did not refuse it. [`AuditLog`](crate::AuditLog) is one that writes a file.
///
/// ```
/// use azure_auth::{AuthEvents, AzureAuth, Refusal, SignIn};
///
/// #[derive(serde::Serialize, serde::Deserialize)]
/// struct Desk {
///     number: u16,
/// }
///
/// struct Office;
///
/// impl AuthEvents for Office {
///     async fn signed_in(&self, sign_in: &mut SignIn) -> Result<(), Refusal> {
///         // Look the person up by `sign_in.user().id()`; whoever has no desk does not come in.
///         sign_in.remember(&Desk { number: 7 }).map_err(|_| Refusal::new("the desk cannot be remembered"))
///     }
/// }
///
/// let builder = AzureAuth::builder().auth_events(Office);
/// ```
pub trait AuthEvents: Send + Sync + 'static {
    /// A person proved who they are. Awaited before the session is written: it may [remember](SignIn::remember) something
    /// with the session, and a refusal ends the sign-in with a page that shows its words.
    ///
    /// ```
    /// # struct Office;
    /// # use azure_auth::{AuthEvents, Refusal, SignIn};
    /// # impl AuthEvents for Office {
    /// async fn signed_in(&self, sign_in: &mut SignIn) -> Result<(), Refusal> {
    ///     match sign_in.user().tenant_id() {
    ///         Some(_) => Ok(()),
    ///         None => Err(Refusal::forbidden("Only accounts of an organisation come in.")),
    ///     }
    /// }
    /// # }
    /// ```
    fn signed_in(&self, sign_in: &mut SignIn) -> impl Future<Output = Result<(), Refusal>> + Send {
        let _ = sign_in;
        ready(Ok(()))
    }

    /// A session was noted as seen, at most once in a tenth of its idle time.
    ///
    /// ```
    /// # struct Office;
    /// # use azure_auth::{AuthEvents, UserId};
    /// # impl AuthEvents for Office {
    /// async fn renewed(&self, user: &UserId) {
    ///     // Note in the database when the person was last seen.
    /// #   let _ = user;
    /// }
    /// # }
    /// ```
    fn renewed(&self, user: &UserId) -> impl Future<Output = ()> + Send {
        let _ = user;
        ready(())
    }

    /// Sessions ended before their time. Awaited after they ended and before the answer.
    ///
    /// ```
    /// # struct Office;
    /// # use azure_auth::{AuthEvents, SignOut};
    /// # impl AuthEvents for Office {
    /// async fn signed_out(&self, sign_out: &SignOut) {
    ///     if let SignOut::Everywhere(user) = sign_out {
    ///         // Drop what is cached of this person.
    /// #       let _ = user;
    ///     }
    /// }
    /// # }
    /// ```
    fn signed_out(&self, sign_out: &SignOut) -> impl Future<Output = ()> + Send {
        let _ = sign_out;
        ready(())
    }

    /// A browser came back with a session whose time is over. It is told once, however often a copy comes back, as far as
    /// this process remembers: some thousand sessions. One that never comes back is never told.
    ///
    /// ```
    /// # struct Office;
    /// # use azure_auth::{AuthEvents, UserId};
    /// # impl AuthEvents for Office {
    /// async fn expired(&self, user: &UserId) {
    ///     // Release what the person had locked.
    /// #   let _ = user;
    /// }
    /// # }
    /// ```
    fn expired(&self, user: &UserId) -> impl Future<Output = ()> + Send {
        let _ = user;
        ready(())
    }

    /// A request was refused: by the guard of a handler, by an argument such as [`User`](crate::User), by a handler that
    /// returned a [`Refusal`], or on one of the library's paths, where a sign-in does not begin or does not end well. It is
    /// told beside the requests, which wait for nothing.
    ///
    /// Every refusal that the log has as a warning at target `azure_auth::refusal` is told, also where the log holds it back
    /// because there are so many. Not told is what refuses nobody: that a browser is sent to sign in, or shown the button to, that
    /// an argument `Option<User>` is `None`, and that `/session` says that nobody is signed in. Neither is what does not come
    /// by a request, or does not come back to [`AzureAuth`](crate::AzureAuth): a token given to
    /// [`AzureAuth::validate`](crate::AzureAuth::validate), and the refusal of an argument or of a handler of which an error
    /// handler made something else without a look at it.
    ///
    /// ```
    /// # struct Office;
    /// # use azure_auth::{AuthEvents, RefusedRequest};
    /// # impl AuthEvents for Office {
    /// async fn refused(&self, refused: &RefusedRequest) {
    ///     println!("{} {:?}: {}", refused.method(), refused.path(), refused.code());
    /// }
    /// # }
    /// ```
    fn refused(&self, refused: &RefusedRequest) -> impl Future<Output = ()> + Send {
        let _ = refused;
        ready(())
    }

    /// Whether [`admitted`](Self::admitted) is told. Asked once, when `AzureAuth` is built: without it nothing is done for that
    /// while requests are served.
    ///
    /// ```
    /// # struct Office;
    /// # use azure_auth::AuthEvents;
    /// # impl AuthEvents for Office {
    /// fn wants_admitted(&self) -> bool {
    ///     true
    /// }
    /// # }
    /// ```
    fn wants_admitted(&self) -> bool {
        false
    }

    /// A guard let a request pass, and what is behind it is called next; told beside the requests, where
    /// [`wants_admitted`](Self::wants_admitted) asks for it. A request that passes several guards is told of each. Handlers
    /// that are `#[public]` have none.
    ///
    /// ```
    /// # struct Office;
    /// # use azure_auth::{AdmittedRequest, AuthEvents};
    /// # impl AuthEvents for Office {
    /// # fn wants_admitted(&self) -> bool { true }
    /// async fn admitted(&self, admitted: &AdmittedRequest) {
    ///     println!("{:?} called {:?}", admitted.caller(), admitted.handler());
    /// }
    /// # }
    /// ```
    fn admitted(&self, admitted: &AdmittedRequest) -> impl Future<Output = ()> + Send {
        let _ = admitted;
        ready(())
    }

    /// So many of [`refused`](Self::refused) and [`admitted`](Self::admitted) were not told, because these take longer than what
    /// happens. The log says so as well.
    ///
    /// ```
    /// # struct Office;
    /// # use azure_auth::AuthEvents;
    /// # impl AuthEvents for Office {
    /// async fn lost(&self, count: u64) {
    ///     println!("{count} events are missing here");
    /// }
    /// # }
    /// ```
    fn lost(&self, count: u64) -> impl Future<Output = ()> + Send {
        let _ = count;
        ready(())
    }
}

/// Both are told.
impl<A: AuthEvents, B: AuthEvents> AuthEvents for (A, B) {
    async fn signed_in(&self, sign_in: &mut SignIn) -> Result<(), Refusal> {
        self.0.signed_in(sign_in).await?;
        self.1.signed_in(sign_in).await
    }

    async fn renewed(&self, user: &UserId) {
        self.0.renewed(user).await;
        self.1.renewed(user).await;
    }

    async fn signed_out(&self, sign_out: &SignOut) {
        self.0.signed_out(sign_out).await;
        self.1.signed_out(sign_out).await;
    }

    async fn expired(&self, user: &UserId) {
        self.0.expired(user).await;
        self.1.expired(user).await;
    }

    async fn refused(&self, refused: &RefusedRequest) {
        self.0.refused(refused).await;
        self.1.refused(refused).await;
    }

    fn wants_admitted(&self) -> bool {
        self.0.wants_admitted() || self.1.wants_admitted()
    }

    async fn admitted(&self, admitted: &AdmittedRequest) {
        if self.0.wants_admitted() {
            self.0.admitted(admitted).await;
        }
        if self.1.wants_admitted() {
            self.1.admitted(admitted).await;
        }
    }

    async fn lost(&self, count: u64) {
        self.0.lost(count).await;
        self.1.lost(count).await;
    }
}

/// [`AuthEvents`] of any type.
pub(crate) trait AnyAuthEvents: Send + Sync {
    /// Nobody listens.
    fn is_nothing(&self) -> bool;
    fn signed_in<'a>(&'a self, sign_in: &'a mut SignIn) -> Told<'a, Result<(), Refusal>>;
    fn renewed<'a>(&'a self, user: &'a UserId) -> Told<'a, ()>;
    fn signed_out<'a>(&'a self, sign_out: &'a SignOut) -> Told<'a, ()>;
    fn expired<'a>(&'a self, user: &'a UserId) -> Told<'a, ()>;
    fn refused<'a>(&'a self, refused: &'a RefusedRequest) -> Told<'a, ()>;
    fn wants_admitted(&self) -> bool;
    fn admitted<'a>(&'a self, admitted: &'a AdmittedRequest) -> Told<'a, ()>;
    fn lost(&self, count: u64) -> Told<'_, ()>;
}

type Told<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

impl<E: AuthEvents> AnyAuthEvents for E {
    fn is_nothing(&self) -> bool {
        TypeId::of::<E>() == TypeId::of::<NoEvents>()
    }

    fn signed_in<'a>(&'a self, sign_in: &'a mut SignIn) -> Told<'a, Result<(), Refusal>> {
        Box::pin(AuthEvents::signed_in(self, sign_in))
    }

    fn renewed<'a>(&'a self, user: &'a UserId) -> Told<'a, ()> {
        Box::pin(AuthEvents::renewed(self, user))
    }

    fn signed_out<'a>(&'a self, sign_out: &'a SignOut) -> Told<'a, ()> {
        Box::pin(AuthEvents::signed_out(self, sign_out))
    }

    fn expired<'a>(&'a self, user: &'a UserId) -> Told<'a, ()> {
        Box::pin(AuthEvents::expired(self, user))
    }

    fn refused<'a>(&'a self, refused: &'a RefusedRequest) -> Told<'a, ()> {
        Box::pin(AuthEvents::refused(self, refused))
    }

    fn wants_admitted(&self) -> bool {
        AuthEvents::wants_admitted(self)
    }

    fn admitted<'a>(&'a self, admitted: &'a AdmittedRequest) -> Told<'a, ()> {
        Box::pin(AuthEvents::admitted(self, admitted))
    }

    fn lost(&self, count: u64) -> Told<'_, ()> {
        Box::pin(AuthEvents::lost(self, count))
    }
}

/// Nothing is to be done.
pub(crate) struct NoEvents;

impl AuthEvents for NoEvents {}

impl fmt::Debug for dyn AnyAuthEvents {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("AuthEvents")
    }
}
