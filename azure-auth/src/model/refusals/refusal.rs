//! A refusal in an application's own words.

use std::borrow::Cow;
use std::fmt;

/// A refusal of this caller, or for this object, in the application's own words: what a `check` returns, and what a handler
/// returns for an object that is not the caller's.
///
/// The words are a sentence for the visitor, who sees them on the page or in the problem document; the log has them as
/// well, so they hold no names, addresses or secrets. Nobody but the visitor and those who assign rights can do anything
/// about such a refusal: no answer asks the developers or the client to change something, and none asks for a scope.
///
/// ```
/// use azure_auth::{Principal, Refusal};
///
/// fn office_hours(_: &Principal, request: &poem::Request) -> Result<(), Refusal> {
///     if request.headers().contains_key("x-closed") {
///         return Err(Refusal::forbidden("The office is closed."));
///     }
///     Ok(())
/// }
/// ```
///
/// In a handler it is an error like any other of Poem, and gets the page or the problem document, the status and the line
/// in the log that the library's own refusals have:
///
/// ```
/// use azure_auth::{Refusal, User};
/// use poem::web::Path;
/// use poem::{get, handler};
///
/// # struct Ticket { owner: String, text: String }
/// # fn find(_: u32) -> Option<Ticket> { None }
/// #[azure_auth::protect]
/// #[handler]
/// fn read(user: User, Path(id): Path<u32>) -> Result<String, Refusal> {
///     match find(id) {
///         Some(ticket) if ticket.owner == user.id().to_string() => Ok(ticket.text),
///         // The same for a ticket that is somebody else's: whoever asks learns nothing of it.
///         _ => Err(Refusal::not_found("There is no such ticket.")),
///     }
/// }
///
/// let endpoints = azure_auth::endpoints! { "/tickets/:id" => get(read) };
/// ```
///
/// Where error handlers inside of [`AzureAuth`](crate::AzureAuth) make an answer of it themselves, and outside of
/// `AzureAuth`, it is a problem document (RFC 9457).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    kind: RefusalKind,
    words: Cow<'static, str>,
}

/// What the caller is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RefusalKind {
    /// 403.
    Forbidden,
    /// 404.
    NotFound,
}

impl Refusal {
    /// The caller may not do this: status 403. The same as [`forbidden`](Self::forbidden).
    ///
    /// ```
    /// let refusal = azure_auth::Refusal::new("Only the owner may close a ticket.");
    /// assert_eq!(refusal.to_string(), "Only the owner may close a ticket.");
    /// ```
    pub fn new(words: impl Into<Cow<'static, str>>) -> Self {
        Self::forbidden(words)
    }

    /// The caller may not do this: status 403.
    ///
    /// ```
    /// use azure_auth::Refusal;
    ///
    /// assert_eq!(Refusal::forbidden("The office is closed."), Refusal::new("The office is closed."));
    /// ```
    pub fn forbidden(words: impl Into<Cow<'static, str>>) -> Self {
        Self { kind: RefusalKind::Forbidden, words: words.into() }
    }

    /// There is nothing here for this caller: status 404. Say the same of what is not there at all, and nobody learns which
    /// of the two it is.
    ///
    /// ```
    /// use azure_auth::Refusal;
    /// use poem::error::ResponseError;
    ///
    /// let refusal = Refusal::not_found("There is no such ticket.");
    /// assert_eq!(refusal.status(), 404);
    /// ```
    pub fn not_found(words: impl Into<Cow<'static, str>>) -> Self {
        Self { kind: RefusalKind::NotFound, words: words.into() }
    }

    pub(crate) fn kind(&self) -> RefusalKind {
        self.kind
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.words)
    }
}

impl std::error::Error for Refusal {}
