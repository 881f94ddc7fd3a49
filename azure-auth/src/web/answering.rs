//! What the layer does with the outcome of an application: a refusal in the application's own words gets the form that the
//! sender of the request understands, and what did not say who may call it is named or withheld.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use poem::error::{MethodNotAllowedError, NotFoundError};
use poem::http::{Method, StatusCode, Uri};
use poem::{Request, Response, Result};

use super::caller::NotMounted;
use super::refused::Refused;
use super::request_cell::RequestCell;
use super::{answer, refusal, request_facts};
use crate::model::refusal::Refusal;
use crate::model::undeclared::Undeclared;
use crate::rules::navigation::AnswerForm;
use crate::rules::undeclared;

/// What has to be known of a request when the application has used it up.
pub(crate) struct Asked {
    form: AnswerForm,
    /// None in front of a table, in which everything says who may call it.
    named: Option<(Method, Uri)>,
}

impl Asked {
    pub(crate) fn of(request: &Request, is_table: bool) -> Self {
        let named = (!is_table).then(|| (request.method().clone(), request_facts::whole_uri(request).clone()));
        Self { form: request_facts::likely_form_of_answer(request), named }
    }

    /// The answer to an outcome.
    pub(crate) fn answered(&self, cell: &RequestCell, outcome: Result<Response>) -> Response {
        if let Some((method, uri)) = &self.named
            && !cell.is_declared()
            && is_answer(&outcome)
        {
            let name = || undeclared::named(method.as_str(), uri.path());
            cell.mounted.undeclared.note(&outcome, name);
            if cell.application().configuration.undeclared == Undeclared::Refuse {
                return answer::withheld(cell.application(), self.form, name()).to_response();
            }
        }
        match outcome {
            Ok(response) => response,
            Err(error) => match error.downcast_ref::<Refusal>() {
                Some(refusal) => refusal::answered(refusal, self.form, &cell.application().pages),
                None => error.into_response(),
            },
        }
    }
}

/// Poem's own words for "nobody is there" come from nobody, and the library's refusals tell nothing.
fn is_answer(outcome: &Result<Response>) -> bool {
    match outcome {
        Ok(_) => true,
        Err(error) => {
            let is_routers = error.is::<NotFoundError>() || error.is::<MethodNotAllowedError>();
            !is_routers && !error.is::<Refused>() && !error.is::<NotMounted>()
        }
    }
}

/// What was named in the log, each once.
#[derive(Debug, Default)]
pub(crate) struct UndeclaredNames(Mutex<HashSet<String>>);

/// Whoever has more of them has seen enough to know.
const NAMES: usize = 32;

impl UndeclaredNames {
    /// A page of one's own for what is not there is nothing to look after.
    fn note(&self, outcome: &Result<Response>, name: impl FnOnce() -> String) {
        let status = outcome.as_ref().map(Response::status);
        if matches!(status, Ok(StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED)) {
            return;
        }
        // Nothing under this lock can panic half-way.
        let mut names = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if names.len() >= NAMES {
            return;
        }
        let name = name();
        if !names.insert(name.clone()) {
            return;
        }
        let is_last = names.len() == NAMES;
        drop(names);
        tracing::warn!(
            target: "azure_auth::undeclared",
            "{name} was answered by something that does not say who may call it; write `#[azure_auth::protect]` or \
             `#[azure_auth::public]` above its `#[handler]`, or put `azure_auth::guard!(…)` or `azure_auth::open!(reason = …)` \
             around the router"
        );
        if is_last {
            tracing::warn!(target: "azure_auth::undeclared", "further ones of this application are not named");
        }
    }
}
