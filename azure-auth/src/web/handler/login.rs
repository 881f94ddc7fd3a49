//! The ways to sign in and out, for handlers and templates.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use poem::http::header::LOCATION;
use poem::http::{Method, StatusCode};
use poem::{FromRequest, IntoResponse, Request, RequestBody, Response, Result};

use crate::model::sessions::prompt::Prompt;
use crate::rules::sign_in::login_request::{self, Wishes};
use crate::web::application::state::MountedApplication;
use crate::web::pages::refused::Refused;
use crate::web::paths::sign_in::{self, Asker, Wanted};
use crate::web::paths::sign_in_failure;
use crate::web::request::context::RequestContext;
use crate::web::request::failure::Receiver;
use crate::web::request::findings::Findings;
use crate::web::request::request_facts;

/// The way to sign in from the page that is asked for: the address for a link, or a redirect.
///
/// It is an argument of handlers, protected or public, and knows the paths that the application is configured with. People
/// come back to the page with the link, or where [`return_to`](Self::return_to) says.
///
/// ```
/// use azure_auth::{Login, Prompt};
/// use poem::{handler, web::Html};
///
/// #[azure_auth::public(reason = "the start page")]
/// #[handler]
/// fn home(login: Login) -> Html<String> {
///     let other = login.clone().prompt(Prompt::SelectAccount);
///     Html(format!("<a href=\"{login}\">Sign in</a> <a href=\"{other}\">Sign in with another account</a>"))
/// }
/// ```
///
/// [`redirect`](Self::redirect) leads to Microsoft at once:
///
/// ```
/// use azure_auth::{Login, LoginRedirect};
/// use poem::handler;
///
/// #[azure_auth::public(reason = "the entrance for people of Contoso")]
/// #[handler]
/// fn contoso(login: Login) -> LoginRedirect {
///     login.return_to("/orders").redirect().domain_hint("contoso.com")
/// }
/// ```
#[derive(Clone)]
pub struct Login {
    mounted: Arc<MountedApplication>,
    asker: Asker,
    return_to: String,
    wishes: Wishes,
}

/// A redirect to Microsoft, for handlers to answer with. It can ask for more than an address may: whoever follows it was sent
/// by the application itself, and not by a link that anybody wrote.
///
/// A page that is fetched ahead of the person starts nothing: the answer is 503, and the browser asks again. A script of htmx
/// is told where its page should go.
///
/// ```
/// use azure_auth::{Login, LoginRedirect, Prompt};
/// use poem::handler;
///
/// #[azure_auth::public(reason = "asks for the password again")]
/// #[handler]
/// fn sign_in_again(login: Login) -> LoginRedirect {
///     login.prompt(Prompt::Login).return_to("/payments").redirect()
/// }
/// ```
#[derive(Clone, Debug)]
#[must_use = "a redirect does something where a handler answers with it"]
pub struct LoginRedirect(Login);

/// The way to sign out: the address that a form posts to. As a link it leads to a page with the one button that does.
///
/// ```
/// use azure_auth::{Logout, User};
/// use poem::{handler, web::Html};
///
/// #[azure_auth::protect]
/// #[handler]
/// fn me(user: User, logout: Logout) -> Html<String> {
///     let logout = logout.return_to("/goodbye");
///     Html(format!("<form method=\"post\" action=\"{logout}\"><button>Sign out</button></form>"))
/// }
/// ```
#[derive(Clone)]
pub struct Logout {
    mounted: Arc<MountedApplication>,
    receiver: Receiver,
    return_to: Option<String>,
    is_everywhere: bool,
}

impl Login {
    /// Where to go afterwards: a path of this application of at most 512 bytes, with its query. Anything else counts as `/`.
    ///
    /// ```
    /// # fn example(login: azure_auth::Login) -> String {
    /// login.return_to("/orders?status=open").address()
    /// # }
    /// ```
    #[must_use]
    pub fn return_to(mut self, path: impl AsRef<str>) -> Self {
        let addresses = self.asker.receiver.addresses(&self.mounted.application);
        self.return_to = addresses.return_to(path.as_ref()).into_owned();
        self
    }

    /// What Microsoft shows before.
    ///
    /// ```
    /// # fn example(login: azure_auth::Login) -> String {
    /// login.prompt(azure_auth::Prompt::SelectAccount).address()
    /// # }
    /// ```
    #[must_use]
    pub fn prompt(mut self, prompt: Prompt) -> Self {
        self.wishes.prompt = Some(prompt);
        self
    }

    /// Who is probably going to sign in: a user name, or the `login_hint` claim of an ID token. One line of at most 512
    /// bytes; anything else is not passed on. It is a hint: whoever comes back may be somebody else.
    ///
    /// It appears in addresses, and so in the history of the browser. [`redirect`](Self::redirect) keeps it out of ours.
    ///
    /// ```
    /// # fn example(login: azure_auth::Login) -> azure_auth::LoginRedirect {
    /// login.login_hint("adele@contoso.com").redirect()
    /// # }
    /// ```
    #[must_use]
    pub fn login_hint(mut self, hint: impl AsRef<str>) -> Self {
        self.wishes.login_hint = login_request::login_hint(hint.as_ref());
        self
    }

    /// The address of the sign-in, below this application: for links of its own pages. From the pages of others it brings
    /// people to sign in as well, without prompt and hint.
    ///
    /// In HTML it needs escaping as every other text does.
    ///
    /// ```
    /// # fn example(login: azure_auth::Login) -> String {
    /// format!("<a href=\"{}\">Sign in</a>", login.address().replace('&', "&amp;"))
    /// # }
    /// ```
    pub fn address(&self) -> String {
        let prompt = self.wishes.prompt.map(|prompt| ("prompt", prompt.as_str()));
        let hint = self.wishes.login_hint.as_deref().map(|hint| ("login_hint", hint));
        let wishes: Vec<(&str, &str)> = prompt.into_iter().chain(hint).collect();
        self.asker.receiver.addresses(&self.mounted.application).login_asking(&self.return_to, &wishes)
    }

    /// Straight to Microsoft.
    ///
    /// ```
    /// # fn example(login: azure_auth::Login) -> azure_auth::LoginRedirect {
    /// login.redirect()
    /// # }
    /// ```
    pub fn redirect(self) -> LoginRedirect {
        LoginRedirect(self)
    }

    /// Whether Microsoft said within the last minute that it cannot sign this person in without asking. A page that tries
    /// [`Prompt::None`] by itself then shows what it has for strangers; a third try in a row is stopped with a page.
    ///
    /// ```
    /// use azure_auth::{Login, Prompt, User};
    /// use poem::{IntoResponse, Response, handler};
    ///
    /// #[azure_auth::public(reason = "the start page, which knows people that Microsoft knows")]
    /// #[handler]
    /// fn home(user: Option<User>, login: Login) -> Response {
    ///     match user {
    ///         Some(user) => format!("Welcome, {}!", user.display_name()).into_response(),
    ///         None if login.was_refused_silently() => "Welcome, stranger!".into_response(),
    ///         None => login.prompt(Prompt::None).redirect().into_response(),
    ///     }
    /// }
    /// ```
    pub fn was_refused_silently(&self) -> bool {
        self.asker.silent_rounds > 0
    }
}

impl LoginRedirect {
    /// The domain that the person's account belongs to, or `organizations` or `consumers`: Microsoft then goes straight to the
    /// sign-in page of that organisation. Anything that is not the name of a domain is not passed on.
    ///
    /// ```
    /// # fn example(login: azure_auth::Login) -> azure_auth::LoginRedirect {
    /// login.redirect().domain_hint("contoso.com")
    /// # }
    /// ```
    pub fn domain_hint(mut self, hint: impl AsRef<str>) -> Self {
        self.0.wishes.domain_hint = login_request::domain_hint(hint.as_ref());
        self
    }
}

impl Logout {
    /// Where to go afterwards: a path of this application of at most 512 bytes, with its query. Anything else is not followed:
    /// people then see the library's page that says that they are signed out. The page should be for everybody, or they are
    /// sent to sign in again.
    ///
    /// ```
    /// # fn example(logout: azure_auth::Logout) -> String {
    /// logout.return_to("/goodbye").address()
    /// # }
    /// ```
    #[must_use]
    pub fn return_to(mut self, path: impl AsRef<str>) -> Self {
        let path = path.as_ref();
        let addresses = self.receiver.addresses(&self.mounted.application);
        self.return_to = addresses.page(path).map(Cow::into_owned);
        self
    }

    /// Ends every session of the person, not only the one of this browser.
    ///
    /// ```
    /// # fn example(logout: azure_auth::Logout) -> String {
    /// format!("<form method=\"post\" action=\"{}\"><button>Sign out everywhere</button></form>", logout.everywhere())
    /// # }
    /// ```
    #[must_use]
    pub fn everywhere(mut self) -> Self {
        self.is_everywhere = true;
        self
    }

    /// The address, for the `action` of a form with the method `post`. In HTML it needs escaping as every other text does.
    ///
    /// ```
    /// # fn example(logout: azure_auth::Logout) -> String {
    /// format!("<form method=\"post\" action=\"{}\"><button>Sign out</button></form>", logout.address())
    /// # }
    /// ```
    pub fn address(&self) -> String {
        self.receiver.addresses(&self.mounted.application).logout(self.return_to.as_deref(), self.is_everywhere)
    }
}

impl fmt::Display for Login {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.address())
    }
}

impl fmt::Display for Logout {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.address())
    }
}

/// Hints stay out of logs.
impl fmt::Debug for Login {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Login").field("prompt", &self.wishes.prompt).finish_non_exhaustive()
    }
}

impl fmt::Debug for Logout {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Logout").field("is_everywhere", &self.is_everywhere).finish_non_exhaustive()
    }
}

impl<'a> FromRequest<'a> for Login {
    async fn from_request(request: &'a Request, _body: &mut RequestBody) -> Result<Self> {
        let context = RequestContext::of(request)?;
        let asker = Asker::of(&context);
        let return_to = context.addresses().return_to(&page(&context)).into_owned();
        Ok(Self { mounted: context.findings.mounted.clone(), asker, return_to, wishes: Wishes::default() })
    }
}

impl<'a> FromRequest<'a> for Logout {
    async fn from_request(request: &'a Request, _body: &mut RequestBody) -> Result<Self> {
        let context = RequestContext::of(request)?;
        let (mounted, receiver) = (context.findings.mounted.clone(), Receiver::of(&context));
        Ok(Self { mounted, receiver, return_to: None, is_everywhere: false })
    }
}

/// The page that a person sees: the one that is asked for, or the one whose script asks for a part of it.
fn page(context: &RequestContext<'_>) -> String {
    let of_script = context.site().and_then(|site| request_facts::htmx_page(context.request, &site.origin));
    of_script.unwrap_or_else(|| match *context.request.method() {
        Method::GET => context.own_address().into_owned(),
        _ => context.addresses().root().to_owned(),
    })
}

/// Marks an answer whose address is still to be made: that takes the provider's metadata, for which an answer cannot wait.
#[derive(Clone)]
struct Pending(LoginRedirect);

impl IntoResponse for LoginRedirect {
    fn into_response(self) -> Response {
        // Where something on the way out loses the mark, the address still begins a sign-in.
        let mut response =
            Response::builder().status(StatusCode::SEE_OTHER).header(LOCATION, self.0.address()).finish();
        response.extensions_mut().insert(Pending(self));
        response
    }
}

/// Whether an answer waits for the provider's address.
pub(crate) fn is_pending(response: &Response) -> bool {
    response.extensions().get::<Pending>().is_some()
}

/// Puts the provider's address into an answer that waits for it.
pub(crate) async fn finish(findings: &Findings, mut response: Response) -> std::result::Result<Response, Refused> {
    let Some(Pending(LoginRedirect(login))) = response.extensions_mut().remove() else { return Ok(response) };
    let Login { asker, return_to, wishes, .. } = login;
    if asker.is_ahead {
        return Ok(sign_in::not_ahead());
    }
    let is_for_script = asker.is_htmx;
    let wanted = Wanted { return_to, wishes, ..Wanted::default() };
    match sign_in::start(findings, &asker, wanted, &[]).await {
        Ok(address) if is_for_script => {
            response.headers_mut().remove(LOCATION);
            response.set_status(StatusCode::NO_CONTENT);
            response.headers_mut().insert("hx-redirect", address);
            Ok(response)
        }
        Ok(address) => {
            response.headers_mut().insert(LOCATION, address);
            Ok(response)
        }
        Err(error) => Err(sign_in_failure::answer_to(findings.application(), &asker.receiver, &error)),
    }
}
