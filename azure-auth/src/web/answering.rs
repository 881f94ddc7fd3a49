//! What the layer does with the outcome of an application: a refusal in the application's own words gets the form that the
//! sender of the request understands, and what did not say who may call it is named or withheld.

use poem::error::{MethodNotAllowedError, NotFoundError};
use poem::http::{Method, Uri};
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
        Self { form: request_facts::accepted_form(request), named }
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
