//! What the provider is to show a person before they are signed in.

/// What Microsoft shows before somebody is signed in (`prompt`, OpenID Connect Core 1.0 §3.1.2.1). Without one it shows what
/// it needs: nothing to whoever has one session there, a list of accounts to whoever has several.
///
/// ```
/// use azure_auth::{Login, Prompt};
/// use poem::{handler, web::Html};
///
/// #[azure_auth::public(reason = "the start page")]
/// #[handler]
/// fn home(login: Login) -> Html<String> {
///     Html(format!("<a href=\"{}\">Sign in with another account</a>", login.prompt(Prompt::SelectAccount)))
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Prompt {
    /// Nothing at all: whoever cannot be signed in without being asked comes back as they were.
    None,
    /// The password, or whatever else proves the person anew. It is a wish that a person can take out of the address: nothing
    /// here checks afterwards that they were asked.
    Login,
    /// The list of accounts, also to whoever has only one.
    SelectAccount,
}

impl Prompt {
    /// As requests write it.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Login => "login",
            Self::SelectAccount => "select_account",
        }
    }

    /// One of the three, however it is spelt; requests of ours write it in small letters.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        [Self::None, Self::Login, Self::SelectAccount]
            .into_iter()
            .find(|prompt| text.eq_ignore_ascii_case(prompt.as_str()))
    }
}
