//! What a page of the library is about.

use super::reason::Reason;

/// What a [`Page`](crate::Page) is about, for whoever writes it in looks of their own.
///
/// ```
/// use azure_auth::{Page, PageKind};
///
/// fn heading(page: &Page) -> &str {
///     match page.kind() {
///         PageKind::SignedOut => "See you soon",
///         PageKind::SignInNeeded => "Who are you?",
///         // There will be more kinds.
///         _ => page.title(),
///     }
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PageKind {
    /// Nobody is signed in, and only signed-in people may see this (401).
    SignInNeeded,
    /// Somebody is known, and may not do this; or the request came from elsewhere (403).
    Forbidden,
    /// There is nothing here (404).
    NotFound,
    /// A sign-in did not become a session. Trying again may help; the sentences say so.
    SignInFailed,
    /// The browser came back from several sign-ins in a row without its session: the page stops the circle.
    SignInLoop,
    /// The question whether to sign in, in a window that another page opened.
    SignIn,
    /// The last page of the window in which somebody signed in for a frame. It closes by itself.
    SignedIn,
    /// The question whether to sign out, with the buttons that do it.
    SignOut,
    /// Where browsers arrive after sign-out.
    SignedOut,
    /// Where Microsoft sends an administrator who agreed to permissions for everyone, or did not.
    AdministratorConsent,
    /// The provider or the session store cannot be reached at the moment (502, 503, 504).
    Unavailable,
    /// Anything else that went wrong.
    Failed,
}

impl PageKind {
    /// The page that says why something was refused.
    pub(crate) fn of(reason: Reason) -> Self {
        match reason {
            Reason::SignInLoop | Reason::SilentSignInLoop => Self::SignInLoop,
            Reason::ProviderRefused
            | Reason::ProviderForbids
            | Reason::SignInUnknown
            | Reason::SignInExpired
            | Reason::SignInVetoed
            | Reason::CallbackMalformed
            | Reason::CodeNotRedeemed
            | Reason::TokenAnswerRefused
            | Reason::IdTokenRefused
            | Reason::TenantNotAccepted
            | Reason::SessionOverBudget
            | Reason::PopupMalformed
            | Reason::EmbeddedCodeRefused => Self::SignInFailed,
            other => match other.status() {
                401 => Self::SignInNeeded,
                403 => Self::Forbidden,
                404 => Self::NotFound,
                502..=504 => Self::Unavailable,
                _ => Self::Failed,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_has_a_page_of_its_kind() {
        for (reason, kind) in [
            (Reason::NotSignedIn, PageKind::SignInNeeded),
            (Reason::SessionRequired, PageKind::SignInNeeded),
            (Reason::RoleMissing, PageKind::Forbidden),
            (Reason::OriginForeign, PageKind::Forbidden),
            (Reason::NoSignIn, PageKind::NotFound),
            (Reason::ProviderForbids, PageKind::SignInFailed),
            (Reason::SignInVetoed, PageKind::SignInFailed),
            (Reason::IdTokenRefused, PageKind::SignInFailed),
            (Reason::SignInLoop, PageKind::SignInLoop),
            (Reason::ProviderUnavailable, PageKind::Unavailable),
            (Reason::SessionStoreUnavailable, PageKind::Unavailable),
            (Reason::SignInBusy, PageKind::Unavailable),
            (Reason::ProviderTimeout, PageKind::Unavailable),
            (Reason::HostNotServed, PageKind::Failed),
            (Reason::SeveralAuthorizations, PageKind::Failed),
            (Reason::Internal, PageKind::Failed),
        ] {
            assert_eq!(PageKind::of(reason), kind, "{reason:?}");
        }
    }
}
