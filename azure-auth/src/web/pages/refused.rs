//! A refusal on its way out: what happened, in the form its receiver understands.

use std::fmt;
use std::time::Duration;

use poem::error::ResponseError;
use poem::http::header::{CONTENT_TYPE, HeaderName, HeaderValue, LOCATION, RETRY_AFTER, WWW_AUTHENTICATE};
use poem::http::{Method, StatusCode};
use poem::{IntoResponse, Response};

use super::looks::{Pages, protect};
use super::page::{Asked, Page, PageAction};
use super::refusal_trace::{RefusalTrace, Untold};
use super::refused_form::RefusedForm;
use crate::model::refusals::diagnosis::Diagnosis;
use crate::model::refusals::explanation::Responsible;
use crate::model::refusals::page_kind::PageKind;
use crate::model::refusals::reason::Reason;
use crate::rules::request::challenge::Challenge;
use crate::rules::request::navigation::AnswerForm;

/// Seconds after which a request may be tried again, where nobody knows better.
const RETRY_IN: u64 = 10;

/// Why a request was not served, as handlers' errors carry it. Inner error handlers can match on it:
/// `endpoints.catch_error(|refused: azure_auth::Refused| …)`.
///
/// Whoever takes it out of the error like this decides what to answer. What rewrites every error without a look at it, such
/// as `catch_all_error(|_| …)`, cannot know what it would lose: the layer puts status, `Location` and `WWW-Authenticate`
/// back, and leaves the application's body.
///
/// ```
/// use azure_auth::Refused;
/// use poem::http::StatusCode;
///
/// # fn layer(table: azure_auth::Endpoints) -> azure_auth::Endpoints {
/// // Nobody learns that there is something they may not see.
/// table.catch_error(|_: Refused| async { StatusCode::NOT_FOUND })
/// # }
/// ```
///
/// It is an answer already. Whoever gives another one finds here what it is made of, and takes the status, the challenge and
/// the headers along with [`into_response_with`](Self::into_response_with):
///
/// ```
/// use azure_auth::{Refused, RefusedForm};
/// use poem::web::Json;
/// use poem::{EndpointExt, get, handler};
///
/// #[azure_auth::protect]
/// #[handler]
/// fn report() -> &'static str {
///     "for signed-in people"
/// }
///
/// async fn in_our_words(refused: Refused) -> poem::Response {
///     match refused.form() {
///         RefusedForm::Problem => {
///             let words = serde_json::json!({
///                 "error": refused.code(),
///                 "message": refused.explanation(),
///                 "reference": refused.reference(),
///                 "sign_in": refused.sign_in(),
///             });
///             refused.into_response_with(Json(words))
///         }
///         // The way to sign in, and the library's pages, stay as they are.
///         _ => refused.into_response(),
///     }
/// }
///
/// let app = azure_auth::endpoints! { "/report" => get(report) }.catch_error(in_our_words);
/// ```
///
/// Its text is fit for a log: no token, code, cookie, name or address.
pub struct Refused {
    failure: Box<Failure>,
    body: RefusalBody,
    pages: Pages,
    pub(crate) trace: RefusalTrace,
    pub(crate) untold: Untold,
}

/// What happened, independent of how it is put.
#[derive(Clone, Debug)]
pub(crate) struct Failure {
    pub(crate) reason: Reason,
    pub(crate) title: &'static str,
    /// For the visitor.
    pub(crate) sentence: String,
    pub(crate) responsible: Responsible,
    /// For developers. In the log always, in the answer only where it is explained.
    pub(crate) diagnosis: Diagnosis,
    /// Joins the answer to its line in the log.
    pub(crate) reference: String,
    /// The tenant as configured, for challenges.
    pub(crate) realm: String,
    /// Where Entra ID signs people in, for challenges.
    pub(crate) authorization_uri: Option<String>,
    /// For programs.
    pub(crate) challenge: Option<Challenge>,
    pub(crate) correlation_id: Option<String>,
    pub(crate) entra_code: Option<u32>,
    pub(crate) explained: bool,
    /// For pages in the application's own looks.
    pub(crate) asked: Asked,
    /// Where the visitor may try again: a path of ours.
    pub(crate) retry: Option<String>,
    /// Where they may choose another account.
    pub(crate) other_account: Option<String>,
    /// Where a page goes whose script (htmx) asked for a part of it.
    pub(crate) script_login: Option<String>,
    /// That of the reason, unless the kind of caller asks for another.
    pub(crate) status: u16,
    /// When to try again, where it is known.
    pub(crate) retry_after: Option<Duration>,
}

#[derive(Clone)]
enum RefusalBody {
    /// The visitor goes to sign in.
    Redirect(HeaderValue),
    Page,
    /// A page in a frame, with what the library's script works on.
    Frame(String),
    Problem,
}

impl Refused {
    /// The stable code of the reason, such as `not-signed-in`.
    ///
    /// ```
    /// # fn example(refused: &azure_auth::Refused) -> bool {
    /// let nobody_is_signed_in = refused.code() == "not-signed-in";
    /// # nobody_is_signed_in
    /// # }
    /// ```
    pub fn code(&self) -> &'static str {
        self.failure.reason.code()
    }

    /// The status of the answer: 302 where the browser is sent to sign in.
    ///
    /// ```
    /// # fn example(refused: &azure_auth::Refused) -> bool {
    /// refused.status() == poem::http::StatusCode::FORBIDDEN
    /// # }
    /// ```
    pub fn status(&self) -> StatusCode {
        ResponseError::status(self)
    }

    /// The kind of answer that the sender of the request understands.
    ///
    /// ```
    /// # fn example(refused: &azure_auth::Refused) -> bool {
    /// let is_for_a_program = refused.form() == azure_auth::RefusedForm::Problem;
    /// # is_for_a_program
    /// # }
    /// ```
    pub fn form(&self) -> RefusedForm {
        match self.body {
            RefusalBody::Redirect(_) => RefusedForm::Redirect,
            RefusalBody::Page => RefusedForm::Page,
            RefusalBody::Frame(_) => RefusedForm::Frame,
            RefusalBody::Problem => RefusedForm::Problem,
        }
    }

    /// What happened, in a plain English sentence for the visitor.
    ///
    /// ```
    /// # fn example(refused: &azure_auth::Refused) -> String {
    /// format!("{} (reference {})", refused.explanation(), refused.reference())
    /// # }
    /// ```
    pub fn explanation(&self) -> &str {
        &self.failure.sentence
    }

    /// What went wrong, for developers: only where answers may hold it, which is on their own machine, or where
    /// `AZURE_EXPLAIN` says so. The log has it always.
    ///
    /// ```
    /// # fn example(refused: &azure_auth::Refused) {
    /// if let Some(diagnosis) = refused.diagnosis() {
    ///     println!("{diagnosis}");
    /// }
    /// # }
    /// ```
    pub fn diagnosis(&self) -> Option<&Diagnosis> {
        self.failure.shown_diagnosis()
    }

    /// What joins this answer to its line in the log.
    ///
    /// ```
    /// # fn example(refused: &azure_auth::Refused) -> String {
    /// format!("Please tell us the number {}.", refused.reference())
    /// # }
    /// ```
    pub fn reference(&self) -> &str {
        &self.failure.reference
    }

    /// Where the browser can sign in: the provider's address where it is sent there by a redirect, the path of
    /// [`AzureAuthBuilder::login_path`](crate::AzureAuthBuilder::login_path) where somebody has to decide to go. `None` where signing in
    /// would not help, and in frames, where it needs a window.
    ///
    /// ```
    /// # fn example(refused: &azure_auth::Refused) -> serde_json::Value {
    /// serde_json::json!({ "error": refused.code(), "sign_in": refused.sign_in() })
    /// # }
    /// ```
    pub fn sign_in(&self) -> Option<&str> {
        match &self.body {
            RefusalBody::Redirect(address) => address.to_str().ok(),
            RefusalBody::Page | RefusalBody::Frame(_) | RefusalBody::Problem => self.failure.retry.as_deref(),
        }
    }

    /// The answer as it is.
    ///
    /// ```
    /// # fn example(table: azure_auth::Endpoints) -> azure_auth::Endpoints {
    /// table.catch_error(|refused: azure_auth::Refused| async {
    ///     println!("refused: {}", refused.code());
    ///     refused.into_response()
    /// })
    /// # }
    /// ```
    pub fn into_response(self) -> Response {
        self.to_response()
    }

    /// The same answer with another body: the status, the challenge, the way to sign in and the headers that keep it out of
    /// caches and foreign frames are kept, and the cookies are set in any case. A `Content-Security-Policy` is the
    /// application's own to say.
    ///
    /// ```
    /// # fn example(table: azure_auth::Endpoints) -> azure_auth::Endpoints {
    /// table.catch_error(|refused: azure_auth::Refused| async {
    ///     let words = format!("No: {}", refused.explanation());
    ///     refused.into_response_with(words)
    /// })
    /// # }
    /// ```
    pub fn into_response_with(self, body: impl IntoResponse) -> Response {
        self.tell();
        let mut response = body.into_response();
        response.set_status(self.status());
        self.complete(&mut response);
        response
    }

    /// The same refusal, for the layer to remember.
    pub(crate) fn share(&self) -> Self {
        Self {
            failure: self.failure.clone(),
            body: self.body.clone(),
            pages: self.pages.clone(),
            trace: RefusalTrace::default(),
            untold: Untold::default(),
        }
    }

    pub(crate) fn redirect(failure: Failure, address: HeaderValue, pages: &Pages) -> Self {
        Self {
            failure: Box::new(failure),
            body: RefusalBody::Redirect(address),
            pages: pages.clone(),
            trace: RefusalTrace::default(),
            untold: Untold::default(),
        }
    }

    pub(crate) fn answered(failure: Failure, form: AnswerForm, pages: &Pages) -> Self {
        let body = if form == AnswerForm::Problem { RefusalBody::Problem } else { RefusalBody::Page };
        Self {
            failure: Box::new(failure),
            body,
            pages: pages.clone(),
            trace: RefusalTrace::default(),
            untold: Untold::default(),
        }
    }

    pub(crate) fn in_frame(failure: Failure, machinery: String, pages: &Pages) -> Self {
        Self {
            failure: Box::new(failure),
            body: RefusalBody::Frame(machinery),
            pages: pages.clone(),
            trace: RefusalTrace::default(),
            untold: Untold::default(),
        }
    }

    /// In a window that a frame opened there is nothing to go on with: the frame begins anew.
    pub(crate) fn without_retry(mut self) -> Self {
        self.failure.retry = None;
        self.failure.other_account = None;
        self
    }

    /// The same ways to try again, at addresses from which the visitor goes on where they wanted to go.
    pub(crate) fn back_to(mut self, login: String, login_with_other_account: String) -> Self {
        let failure = self.failure.as_mut();
        failure.retry = failure.retry.take().map(|_| login);
        failure.other_account = failure.other_account.take().map(|_| login_with_other_account);
        self
    }

    pub(crate) fn failure(&self) -> &Failure {
        &self.failure
    }

    /// It becomes an answer, or somebody decides what the answer is.
    fn tell(&self) {
        self.untold.tell(&self.failure);
    }

    pub(crate) fn to_response(&self) -> Response {
        self.tell();
        let mut response = match &self.body {
            RefusalBody::Redirect(_) => Response::builder().status(StatusCode::FOUND).finish(),
            RefusalBody::Page => self.pages.response(&self.failure.page(), ""),
            RefusalBody::Frame(html) => {
                self.pages.response_with_script(&Page { library_html: html.clone(), ..self.failure.page() })
            }
            RefusalBody::Problem => self.failure.problem(),
        };
        self.complete(&mut response);
        response
    }

    /// The headers of the answer, whatever its body.
    fn complete(&self, response: &mut Response) {
        protect(response, &self.pages.framing);
        response.headers_mut().extend(self.headers());
    }

    /// The headers without which the answer would mean something else.
    pub(crate) fn headers(&self) -> Vec<(HeaderName, HeaderValue)> {
        let mut headers = Vec::new();
        if let RefusalBody::Redirect(address) = &self.body {
            headers.push((LOCATION, address.clone()));
        }
        if let Some(challenge) = &self.failure.challenge
            && let Ok(header) =
                HeaderValue::from_str(&challenge.header(&self.failure.realm, self.failure.sign_in_uri()))
        {
            headers.push((WWW_AUTHENTICATE, header));
        }
        if let Some(address) = &self.failure.script_login
            && let Ok(address) = HeaderValue::from_str(address)
        {
            headers.push((HeaderName::from_static("hx-redirect"), address));
        }
        if self.failure.status() == 503 {
            let seconds = self.failure.retry_after.map_or(RETRY_IN, |after| after.as_secs().max(1));
            headers.push((RETRY_AFTER, seconds.into()));
        }
        headers
    }
}

impl Failure {
    pub(crate) fn status(&self) -> u16 {
        self.status
    }

    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// In challenges of a 401 only: nobody is helped by it who may not do what they asked for.
    fn sign_in_uri(&self) -> Option<&str> {
        self.authorization_uri.as_deref().filter(|_| self.status() == 401)
    }

    /// What the receiver may know of the detail.
    pub(crate) fn shown_detail(&self) -> String {
        self.shown_diagnosis().map_or_else(|| self.sentence.clone(), Diagnosis::to_string)
    }

    fn shown_diagnosis(&self) -> Option<&Diagnosis> {
        self.explained.then_some(&self.diagnosis)
    }

    fn page(&self) -> Page {
        let mut page = Page::new(PageKind::of(self.reason), self.status_code(), self.heading(), self.sentence.clone());
        if self.responsible != Responsible::Visitor {
            page.sentences.push(format!("This can be fixed by {}.", self.responsible));
        }
        page.diagnosis = self.shown_diagnosis().cloned();
        let mut details = vec![("Reference", self.reference.clone()), ("Reason", self.reason.code().to_owned())];
        details.extend(self.entra_code.map(|code| ("Microsoft's code", format!("AADSTS{code}"))));
        details.extend(self.correlation_id.clone().map(|id| ("Correlation id", id)));
        let link = |label, address: &Option<String>| {
            address.clone().map(|address| PageAction { label, method: Method::GET, address })
        };
        let actions =
            [link(self.retry_label(), &self.retry), link("Sign in with another account", &self.other_account)];
        Page { details, actions: actions.into_iter().flatten().collect(), asked: self.asked.clone(), ..page }
    }

    /// Where nothing is forbidden, and one step is left, the page does not begin with a no.
    fn heading(&self) -> &'static str {
        match self.reason {
            Reason::ConsentRequired => "Your agreement is needed",
            Reason::InteractionRequired => "Please continue at Microsoft",
            _ => self.title,
        }
    }

    /// What is written on the way to try again: whoever is signed in does not sign in, but goes on.
    fn retry_label(&self) -> &'static str {
        match self.reason {
            Reason::ConsentRequired | Reason::InteractionRequired => "Continue at Microsoft",
            Reason::PermissionNotGranted | Reason::ProofNotEnough => "Try again at Microsoft",
            _ => "Sign in",
        }
    }

    /// `application/problem+json` (RFC 9457).
    fn problem(&self) -> Response {
        let mut problem = serde_json::json!({
            "title": self.title,
            "status": self.status(),
            "detail": self.shown_detail(),
            "code": self.reason.code(),
            "reference": self.reference,
        });
        let mut add = |member: &str, value: Option<String>| {
            if let Some(value) = value {
                problem[member] = value.into();
            }
        };
        add("entra_code", self.entra_code.map(|code| format!("AADSTS{code}")));
        add("correlation_id", self.correlation_id.clone());
        add("sign_in", self.retry.clone().filter(|_| self.status() == 401));
        if let Some(diagnosis) = self.shown_diagnosis() {
            add("cause", Some(diagnosis.cause().to_owned()));
            add("found", Some(diagnosis.found().to_owned()));
            add("expected", Some(diagnosis.expected().to_owned()));
            add("remedy", Some(diagnosis.remedy().to_owned()));
            add("responsible", Some(self.responsible.to_string()));
        }
        let mut response = Response::builder().status(self.status_code()).body(problem.to_string());
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        response
    }
}

impl Drop for Refused {
    /// Whoever took it out of its error decided about it.
    fn drop(&mut self) {
        if self.trace.was_taken() {
            self.tell();
        }
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.code(), self.failure.diagnosis)
    }
}

impl fmt::Debug for Refused {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Refused({self})")
    }
}

impl std::error::Error for Refused {}

impl ResponseError for Refused {
    fn status(&self) -> StatusCode {
        match self.body {
            RefusalBody::Redirect(_) => StatusCode::FOUND,
            RefusalBody::Page | RefusalBody::Frame(_) | RefusalBody::Problem => self.failure.status_code(),
        }
    }

    fn as_response(&self) -> Response {
        self.to_response()
    }
}
