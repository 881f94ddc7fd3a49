//! A refusal on its way out: what happened, in the form its receiver understands.

use std::fmt;

use poem::Response;
use poem::error::ResponseError;
use poem::http::header::{CONTENT_TYPE, HeaderValue, LOCATION, RETRY_AFTER, VARY, WWW_AUTHENTICATE};
use poem::http::{Method, StatusCode};

use super::pages::{Page, PageAction, Pages, protect};
use crate::model::refusal::Fixer;
use crate::rules::navigation::AnswerForm;

/// Why a request was not served, as handlers' errors carry it. Inner error handlers can match on it:
/// `endpoints.catch_error(|refused: azure_auth::Refused| …)`.
///
/// Its text is fit for a log: no token, code, cookie, name or address.
pub struct Refused {
    failure: Box<Failure>,
    answer: Answer,
    pages: Pages,
}

/// What happened, independent of how it is put.
#[derive(Clone, Debug)]
pub(crate) struct Failure {
    pub(crate) status: StatusCode,
    /// Stable; never changes its meaning between versions.
    pub(crate) code: &'static str,
    pub(crate) title: &'static str,
    /// For the visitor.
    pub(crate) sentence: String,
    pub(crate) fixer: Fixer,
    /// For developers: found, expected, remedy. In the log always, in the answer only where it is explained.
    pub(crate) detail: String,
    /// Joins the answer to its line in the log.
    pub(crate) reference: String,
    pub(crate) correlation_id: Option<String>,
    pub(crate) entra_code: Option<u32>,
    pub(crate) explained: bool,
    /// Where the visitor may try again: a path of ours.
    pub(crate) retry: Option<String>,
}

enum Answer {
    /// The visitor goes to sign in.
    Redirect(HeaderValue),
    Page,
    Problem,
}

impl Refused {
    /// The stable code of the reason, such as `not-signed-in`.
    pub fn code(&self) -> &str {
        self.failure.code
    }

    pub(crate) fn redirect(failure: Failure, address: HeaderValue, pages: &Pages) -> Self {
        Self { failure: Box::new(failure), answer: Answer::Redirect(address), pages: pages.clone() }
    }

    pub(crate) fn answered(failure: Failure, form: AnswerForm, pages: &Pages) -> Self {
        let answer = if form == AnswerForm::Problem { Answer::Problem } else { Answer::Page };
        Self { failure: Box::new(failure), answer, pages: pages.clone() }
    }

    pub(crate) fn to_response(&self) -> Response {
        let mut response = match &self.answer {
            Answer::Redirect(address) => {
                Response::builder().status(StatusCode::FOUND).header(LOCATION, address.clone()).finish()
            }
            Answer::Page => self.pages.response(&self.failure.page(), ""),
            Answer::Problem => self.failure.problem(),
        };
        protect(&mut response);
        let headers = response.headers_mut();
        headers.append(VARY, HeaderValue::from_static("Cookie, Authorization"));
        if !matches!(self.answer, Answer::Redirect(_)) && self.failure.status == StatusCode::UNAUTHORIZED {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if self.failure.status == StatusCode::SERVICE_UNAVAILABLE {
            headers.insert(RETRY_AFTER, HeaderValue::from_static("10"));
        }
        response
    }
}

impl Failure {
    fn page(&self) -> Page {
        let mut sentences = vec![self.sentence.clone()];
        if self.fixer != Fixer::Visitor {
            sentences.push(format!("This can be mended by {}.", self.fixer));
        }
        if self.explained {
            sentences.push(format!("For developers: {}.", self.detail));
        }
        let mut details = vec![("Reference", self.reference.clone()), ("Reason", self.code.to_owned())];
        details.extend(self.entra_code.map(|code| ("Microsoft's code", format!("AADSTS{code}"))));
        details.extend(self.correlation_id.clone().map(|id| ("Correlation id", id)));
        let retry = self.retry.clone().map(|address| PageAction { label: "Sign in", method: Method::GET, address });
        Page { status: self.status, title: self.title, sentences, details, actions: retry.into_iter().collect() }
    }

    /// `application/problem+json` (RFC 9457).
    fn problem(&self) -> Response {
        let mut problem = serde_json::json!({
            "title": self.title,
            "status": self.status.as_u16(),
            "code": self.code,
            "reference": self.reference,
        });
        problem["detail"] = if self.explained { self.detail.as_str() } else { self.sentence.as_str() }.into();
        let mut response = Response::builder().status(self.status).body(problem.to_string());
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        response
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.failure.code, self.failure.detail)
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
            Answer::Page | Answer::Problem => self.failure.status,
        }
    }

    fn as_response(&self) -> Response {
        self.to_response()
    }
}
