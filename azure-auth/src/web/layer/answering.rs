//! What the layer does with the outcome of an application: a refusal in the application's own words gets the form that the
//! sender of the request understands, and what did not say who may call it is named or withheld.

use poem::error::{MethodNotAllowedError, NotFoundError};
use poem::http::header::{ACCEPT, HeaderValue};
use poem::http::{Method, StatusCode, Uri};
use poem::{Error, Request, Response};

use crate::model::refusals::refusal::Refusal;
use crate::model::settings::undeclared::Undeclared;
use crate::rules::configuration::undeclared;
use crate::rules::request::navigation::AnswerForm;
use crate::web::pages::refused::Refused;
use crate::web::request::context::NotMounted;
use crate::web::request::findings::Findings;
use crate::web::request::{failure, refusal, request_facts};

/// What has to be known of a request when the application has used it up. Every request carries it, so that nothing is
/// found out here before it is needed.
pub(crate) struct Remembered {
    accepted: Option<HeaderValue>,
    /// None in front of a table, in which everything says who may call it.
    named: Option<Box<(Method, Uri)>>,
}

impl Remembered {
    pub(crate) fn of(request: &Request, is_table: bool) -> Self {
        let named = || Box::new((request.method().clone(), request_facts::whole_uri(request).clone()));
        Self { accepted: request.headers().get(ACCEPT).cloned(), named: (!is_table).then(named) }
    }

    /// What an error stands for, and whether it is an answer at all.
    pub(crate) fn error(&self, findings: &Findings, error: Error) -> (Response, bool) {
        let is_answer = is_answer(&error);
        let response = match error.downcast_ref::<Refusal>() {
            Some(refusal) => refusal::answer(refusal, self.form(), &findings.application().pages),
            None => error.into_response(),
        };
        (response, is_answer)
    }

    /// In place of an answer that nobody declared, where such answers are withheld.
    pub(crate) fn undeclared(&self, findings: &Findings, status: StatusCode, is_answer: bool) -> Option<Response> {
        let (method, uri) = self.named.as_deref()?;
        if !is_answer || findings.is_declared() {
            return None;
        }
        let name = || undeclared::named(method.as_str(), uri.path());
        findings.mounted.undeclared.note(status, name);
        let refuses = findings.application().configuration.undeclared == Undeclared::Refuse;
        refuses.then(|| failure::withhold(findings.application(), self.form(), &name()).to_response())
    }

    /// An answer that needs no more of the request has the form that its sender accepts.
    fn form(&self) -> AnswerForm {
        const HTML: &[u8] = b"text/html";
        let accepts_html = self.accepted.as_ref().is_some_and(|accepted| {
            accepted.as_bytes().windows(HTML.len()).any(|part| part.eq_ignore_ascii_case(HTML))
        });
        if accepts_html { AnswerForm::Page } else { AnswerForm::Problem }
    }
}

/// Poem's own words for "nobody is there" come from nobody, and the library's refusals tell nothing.
fn is_answer(error: &Error) -> bool {
    let is_routers = error.is::<NotFoundError>() || error.is::<MethodNotAllowedError>();
    !is_routers && !error.is::<Refused>() && !error.is::<NotMounted>()
}
