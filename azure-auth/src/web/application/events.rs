//! What an application does when sessions begin and end.

use std::fmt;
use std::future::{Future, ready};
use std::pin::Pin;

use serde::Serialize;

use super::user::User;
use crate::model::callers::identity::UserId;
use crate::model::refusals::refusal::Refusal;
use crate::model::sessions::session::SessionRecord;

/// What happens to sessions, told to the application while it happens. Implement what you need; the rest does nothing.
///
/// It is given to [`AzureAuthBuilder::session_events`](crate::AzureAuthBuilder::session_events). The methods may wait for a database: the
/// person waits as long.
///
/// ```
/// use azure_auth::{AzureAuth, Refusal, SessionEvents, SignIn};
///
/// #[derive(serde::Serialize, serde::Deserialize)]
/// struct Desk {
///     number: u16,
/// }
///
/// struct Office;
///
/// impl SessionEvents for Office {
///     async fn signed_in(&self, sign_in: &mut SignIn) -> Result<(), Refusal> {
///         // Look the person up by `sign_in.user().id()`; whoever has no desk does not come in.
///         sign_in.remember(&Desk { number: 7 }).map_err(|_| Refusal::new("the desk cannot be remembered"))
///     }
/// }
///
/// let builder = AzureAuth::builder().session_events(Office);
/// ```
pub trait SessionEvents: Send + Sync + 'static {
    /// A person proved who they are. Awaited before the session is written: it may [remember](SignIn::remember) something
    /// with the session, and a refusal ends the sign-in with a page that shows its words.
    ///
    /// ```
    /// # struct Office;
    /// # use azure_auth::{Refusal, SessionEvents, SignIn};
    /// # impl SessionEvents for Office {
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

    /// A sign-in failed on its way back from the provider, or in a frame. `code` is one of those that
    /// [`explain`](crate::explain) knows. What a handler refuses is in the log only.
    ///
    /// ```
    /// # struct Office;
    /// # use azure_auth::SessionEvents;
    /// # impl SessionEvents for Office {
    /// async fn refused(&self, code: &str) {
    ///     println!("a sign-in failed: {code}");
    /// }
    /// # }
    /// ```
    fn refused(&self, code: &str) -> impl Future<Output = ()> + Send {
        let _ = code;
        ready(())
    }

    /// A session was noted as seen, at most once in a tenth of its idle time.
    ///
    /// ```
    /// # struct Office;
    /// # use azure_auth::{SessionEvents, UserId};
    /// # impl SessionEvents for Office {
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
    /// # use azure_auth::{SessionEvents, SignOut};
    /// # impl SessionEvents for Office {
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
    /// # use azure_auth::{SessionEvents, UserId};
    /// # impl SessionEvents for Office {
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
}

/// A sign-in that is about to become a session.
///
/// ```
/// use azure_auth::{Refusal, SignIn};
///
/// fn remember_team(sign_in: &mut SignIn) -> Result<(), Refusal> {
///     sign_in.remember(&"purchasing").map_err(|_| Refusal::forbidden("Your team cannot be remembered."))
/// }
/// ```
#[derive(Debug)]
pub struct SignIn {
    user: User,
    record: SessionRecord,
}

/// What ended.
///
/// ```
/// use azure_auth::{SessionEvents, SignOut};
///
/// struct Audit;
///
/// impl SessionEvents for Audit {
///     async fn signed_out(&self, sign_out: &SignOut) {
///         match sign_out {
///             SignOut::Session(user) => println!("{user} signed out"),
///             SignOut::Everywhere(user) => println!("every session of {user} ended"),
///             _ => println!("sessions ended that began with a session at the provider"),
///         }
///     }
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SignOut {
    /// The person ended the session of one browser.
    Session(UserId),
    /// Every session of a person ended: they asked for it, or the application did.
    Everywhere(UserId),
    /// The provider ended the sessions that began with one of its own. It does not say which person that was.
    AtProvider,
}

impl SignIn {
    pub(crate) fn new(record: SessionRecord) -> Self {
        Self { user: User::new(record.identity.clone()), record }
    }

    pub(crate) fn into_record(self) -> SessionRecord {
        self.record
    }

    /// Who signs in.
    ///
    /// ```
    /// # fn example(sign_in: &azure_auth::SignIn) -> String {
    /// sign_in.user().id().to_string()
    /// # }
    /// ```
    pub fn user(&self) -> &User {
        &self.user
    }

    /// Keeps a small value with the session, for [`Principal::session_data`](crate::Principal::session_data). A sealed cookie has
    /// room for some hundred bytes; a session that does not fit is refused.
    ///
    /// ```
    /// # fn example(sign_in: &mut azure_auth::SignIn) -> Result<(), serde_json::Error> {
    /// #[derive(serde::Serialize)]
    /// struct Desk {
    ///     number: u16,
    /// }
    ///
    /// sign_in.remember(&Desk { number: 7 })
    /// # }
    /// ```
    ///
    /// # Errors
    /// The value cannot be written as JSON.
    pub fn remember<T: Serialize>(&mut self, data: &T) -> Result<(), serde_json::Error> {
        self.record.data = Some(serde_json::to_value(data)?);
        Ok(())
    }
}

/// [`SessionEvents`] of any type.
pub(crate) trait AnySessionEvents: Send + Sync {
    fn signed_in<'a>(&'a self, sign_in: &'a mut SignIn) -> Told<'a, Result<(), Refusal>>;
    fn refused<'a>(&'a self, code: &'a str) -> Told<'a, ()>;
    fn renewed<'a>(&'a self, user: &'a UserId) -> Told<'a, ()>;
    fn signed_out<'a>(&'a self, sign_out: &'a SignOut) -> Told<'a, ()>;
    fn expired<'a>(&'a self, user: &'a UserId) -> Told<'a, ()>;
}

type Told<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

impl<E: SessionEvents> AnySessionEvents for E {
    fn signed_in<'a>(&'a self, sign_in: &'a mut SignIn) -> Told<'a, Result<(), Refusal>> {
        Box::pin(SessionEvents::signed_in(self, sign_in))
    }

    fn refused<'a>(&'a self, code: &'a str) -> Told<'a, ()> {
        Box::pin(SessionEvents::refused(self, code))
    }

    fn renewed<'a>(&'a self, user: &'a UserId) -> Told<'a, ()> {
        Box::pin(SessionEvents::renewed(self, user))
    }

    fn signed_out<'a>(&'a self, sign_out: &'a SignOut) -> Told<'a, ()> {
        Box::pin(SessionEvents::signed_out(self, sign_out))
    }

    fn expired<'a>(&'a self, user: &'a UserId) -> Told<'a, ()> {
        Box::pin(SessionEvents::expired(self, user))
    }
}

/// Nothing is to be done.
pub(crate) struct NoEvents;

impl SessionEvents for NoEvents {}

impl fmt::Debug for dyn AnySessionEvents {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("SessionEvents")
    }
}
