//! What the layer does with the outcome of an application: a refusal in the application's own words gets the form that the
//! sender of the request understands, and what did not say who may call it is named or withheld.

use poem::error::{MethodNotAllowedError, NotFoundError};
use poem::http::header::{ACCEPT, HeaderValue};
use poem::http::{Method, Uri};
use poem::{Error, PathPattern, Request, Response};

use crate::model::refusals::refusal::Refusal;
use crate::model::settings::undeclared::Undeclared;
use crate::rules::configuration::undeclared;
use crate::rules::request::navigation::AnswerForm;
use crate::web::application::events::told_request::ToldRequest;
use crate::web::application::state::MountedApplication;
use crate::web::pages::refused::{Failure, Refused};
use crate::web::request::context::NotMounted;
use crate::web::request::findings::Findings;
use crate::web::request::{failure, request_facts};
use crate::web::tokens::pending::{self, UsedUp};
use crate::web::tokens::token_error::TokenError;

/// What has to be known of a request when the application has used it up. Every request carries it, so that nothing is
/// found out here before it is needed.
pub(crate) struct Remembered {
    accepted: Option<HeaderValue>,
    /// None in front of a table, in which everything says who may call it, unless somebody is told of refusals, or handlers act
    /// for people.
    named: Option<(Method, Uri)>,
}

impl Remembered {
    pub(crate) fn of(request: &Request, mounted: &MountedApplication) -> Self {
        let named = || (request.method().clone(), request_facts::whole_uri(request).clone());
        let is_named =
            !mounted.table.is_table || mounted.application.telling.is_on() || mounted.table.acts_for_people();
        Self { accepted: request.headers().get(ACCEPT).cloned(), named: is_named.then(named) }
    }

    /// What an error stands for, and whether it is an answer at all.
    pub(crate) fn error(&self, findings: &Findings, error: Error) -> (Response, bool) {
        let is_answer = is_answer(&error);
        if let Some(refusal) = error.downcast_ref::<Refusal>() {
            let failure = failure::refuse_object(refusal);
            self.tell(findings, &failure, error.data());
            let refused = Refused::answered(failure, self.form(), &findings.application().pages);
            return (refused.to_response(), is_answer);
        }
        // Poem leaves nothing of an error's own marks.
        let missing = error.downcast_ref::<TokenError>().map(TokenError::pending);
        let mut response = error.into_response();
        if let Some(missing) = missing {
            response.extensions_mut().insert(missing);
        }
        (response, is_answer)
    }

    /// In place of an answer that nobody declared, where such answers are withheld.
    pub(crate) fn undeclared(&self, findings: &Findings, answer: &Response, is_answer: bool) -> Option<Response> {
        let (method, uri) = self.named.as_ref()?;
        if findings.mounted.table.is_table || !is_answer || findings.is_declared() {
            return None;
        }
        let name = || undeclared::named(method.as_str(), uri.path());
        findings.mounted.undeclared.note(answer.status(), name);
        let refuses = findings.application().configuration.undeclared == Undeclared::Refuse;
        refuses.then(|| {
            let withheld = failure::withhold(findings.application(), self.form(), &name());
            self.tell(findings, withheld.failure(), answer.data());
            withheld.to_response()
        })
    }

    /// The answer to an error of a handler that has no token for another API.
    pub(crate) async fn without_token(&self, findings: &Findings, response: &mut Response) {
        let Some(missing) = pending::taken(response) else { return };
        let asked = UsedUp { named: self.named.as_ref().map(|(method, uri)| (method, uri)), form: self.form() };
        let refused = pending::finish(findings, &missing, asked).await;
        self.tell(findings, refused.failure(), response.data());
        *response = refused.to_response();
    }

    /// Tells the application of a refusal, where nobody has the request any more. Poem gives the pattern to what comes back.
    pub(crate) fn tell(&self, findings: &Findings, failure: &Failure, pattern: Option<&PathPattern>) {
        let Some((method, _)) = self.named.as_ref() else { return };
        findings.application().telling.refused(failure, || {
            let handler = findings.all().find_map(|findings| findings.guard_notes.handler());
            let pattern = pattern.map(|PathPattern(pattern)| pattern.clone());
            ToldRequest::new(method.clone(), pattern, handler).by(findings.all().find_map(Findings::principal))
        });
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
