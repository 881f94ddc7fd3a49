//! A refusal on its way out: what happened, in the form its receiver understands.

use std::fmt;

use poem::Response;
use poem::error::ResponseError;
use poem::http::header::{CONTENT_TYPE, HeaderName, HeaderValue, LOCATION, RETRY_AFTER, WWW_AUTHENTICATE};
use poem::http::{Method, StatusCode};

use super::addresses::Addresses;
use super::pages::{Page, PageAction, Pages, protect};
use super::refusal_trace::RefusalTrace;
use crate::model::reason::{Fixer, Reason};
use crate::rules::challenge::Challenge;
use crate::rules::navigation::AnswerForm;

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
/// Its text is fit for a log: no token, code, cookie, name or address.
pub struct Refused {
    failure: Box<Failure>,
    answer: Answer,
    pages: Pages,
    pub(crate) trace: RefusalTrace,
}

/// What happened, independent of how it is put.
#[derive(Clone, Debug)]
pub(crate) struct Failure {
    pub(crate) reason: Reason,
    pub(crate) title: &'static str,
    /// For the visitor.
    pub(crate) sentence: String,
    pub(crate) fixer: Fixer,
    /// For developers: found, expected, remedy. In the log always, in the answer only where it is explained.
    pub(crate) detail: String,
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
    /// Where the visitor may try again: a path of ours.
    pub(crate) retry: Option<String>,
    /// Where they may choose another account.
    pub(crate) other_account: Option<String>,
    /// Where a page goes whose script (htmx) asked for a part of it.
    pub(crate) script_login: Option<String>,
}

#[derive(Clone)]
enum Answer {
    /// The visitor goes to sign in.
    Redirect(HeaderValue),
    Page,
    /// A page in a frame, with what the library's script works on.
    Frame(String),
    Problem,
}

impl Refused {
    /// The stable code of the reason, such as `not-signed-in`.
    pub fn code(&self) -> &'static str {
        self.failure.reason.code()
    }

    /// The same refusal, for the layer to remember.
    pub(crate) fn share(&self) -> Self {
        Self {
            failure: self.failure.clone(),
            answer: self.answer.clone(),
            pages: self.pages.clone(),
            trace: RefusalTrace::default(),
        }
    }

    pub(crate) fn redirect(failure: Failure, address: HeaderValue, pages: &Pages) -> Self {
        Self {
            failure: Box::new(failure),
            answer: Answer::Redirect(address),
            pages: pages.clone(),
            trace: RefusalTrace::default(),
        }
    }

    pub(crate) fn answered(failure: Failure, form: AnswerForm, pages: &Pages) -> Self {
        let answer = if form == AnswerForm::Problem { Answer::Problem } else { Answer::Page };
        Self { failure: Box::new(failure), answer, pages: pages.clone(), trace: RefusalTrace::default() }
    }

    pub(crate) fn in_frame(failure: Failure, machinery: String, pages: &Pages) -> Self {
        Self {
            failure: Box::new(failure),
            answer: Answer::Frame(machinery),
            pages: pages.clone(),
            trace: RefusalTrace::default(),
        }
    }

    /// In a window that a frame opened there is nothing to go on with: the frame begins anew.
    pub(crate) fn without_retry(mut self) -> Self {
        self.failure.retry = None;
        self.failure.other_account = None;
        self
    }

    /// Whoever tries again from the page goes on where they wanted to go.
    pub(crate) fn back_to(mut self, addresses: Addresses<'_>, return_to: &str) -> Self {
        let failure = self.failure.as_mut();
        failure.retry = failure.retry.take().map(|_| addresses.login(return_to));
        failure.other_account = failure.other_account.take().map(|_| addresses.login_with_other_account(return_to));
        self
    }

    pub(crate) fn to_response(&self) -> Response {
        let mut response = match &self.answer {
            Answer::Redirect(_) => Response::builder().status(StatusCode::FOUND).finish(),
            Answer::Page => self.pages.response(&self.failure.page(), ""),
            Answer::Frame(machinery) => self.pages.response_with_script(&self.failure.page(), machinery),
            Answer::Problem => self.failure.problem(),
        };
        protect(&mut response, &self.pages.framing);
        response.headers_mut().extend(self.headers());
        response
    }

    /// The headers without which the answer would mean something else.
    pub(crate) fn headers(&self) -> Vec<(HeaderName, HeaderValue)> {
        let mut headers = Vec::new();
        if let Answer::Redirect(address) = &self.answer {
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
            headers.push((RETRY_AFTER, HeaderValue::from_static("10")));
        }
        headers
    }
}

impl Failure {
    pub(crate) fn status(&self) -> u16 {
        self.reason.status()
    }

    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// In challenges of a 401 only: nobody is helped by it who may not do what they asked for.
    fn sign_in_uri(&self) -> Option<&str> {
        self.authorization_uri.as_deref().filter(|_| self.status() == 401)
    }

    /// What the receiver may know of the detail.
    pub(crate) fn shown_detail(&self) -> &str {
        if self.explained { &self.detail } else { &self.sentence }
    }

    fn page(&self) -> Page {
        let mut sentences = vec![self.sentence.clone()];
        if self.fixer != Fixer::Visitor {
            sentences.push(format!("This can be mended by {}.", self.fixer));
        }
        if self.explained {
            sentences.push(format!("For developers: {}.", self.detail));
        }
        let mut details = vec![("Reference", self.reference.clone()), ("Reason", self.reason.code().to_owned())];
        details.extend(self.entra_code.map(|code| ("Microsoft's code", format!("AADSTS{code}"))));
        details.extend(self.correlation_id.clone().map(|id| ("Correlation id", id)));
        let link = |label, address: &Option<String>| {
            address.clone().map(|address| PageAction { label, method: Method::GET, address })
        };
        let actions = [link("Sign in", &self.retry), link("Sign in with another account", &self.other_account)];
        let actions = actions.into_iter().flatten().collect();
        Page { status: self.status_code(), title: self.title, sentences, details, actions }
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
        if self.explained {
            let explanation = self.reason.explanation();
            problem["cause"] = explanation.cause.into();
            problem["remedy"] = explanation.remedy.into();
            problem["fixer"] = self.fixer.to_string().into();
        }
        let mut response = Response::builder().status(self.status_code()).body(problem.to_string());
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        response
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.code(), self.failure.detail)
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
        match self.answer {
            Answer::Redirect(_) => StatusCode::FOUND,
            Answer::Page | Answer::Frame(_) | Answer::Problem => self.failure.status_code(),
        }
    }

    fn as_response(&self) -> Response {
        self.to_response()
    }
}
