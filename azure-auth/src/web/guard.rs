//! The guard in front of a protected handler.

use std::marker::PhantomData;
use std::sync::Arc;

use poem::error::ResponseError;
use poem::http::StatusCode;
use poem::{FromRequest, Request, RequestBody, Result};
use thiserror::Error;

use super::application::RequestCell;
use super::refused::Refused;
use super::{answer, request_facts, sign_in};
use crate::model::declaration::{Access, Declared, Requirement};
use crate::rules::admission::{self, Refusal};
use crate::rules::navigation::AnswerForm;

/// Proof that the caller meets the declaration of handler `H`: extracted before the handler's own arguments, so that
/// nobody's body is read who may not send one.
pub struct Guarded<H>(PhantomData<fn() -> H>);

impl<'a, H: Declared> FromRequest<'a> for Guarded<H> {
    async fn from_request(request: &'a Request, _body: &mut RequestBody) -> Result<Self> {
        let cell = cell(request)?;
        if let Access::Protected(requirement) = &H::DECLARATION.access
            && let Err(refusal) = admission::judge(requirement, cell.credential(request))
        {
            return Err(refuse(cell, request, refusal, requirement, H::DECLARATION.handler).await.into());
        }
        Ok(Self(PhantomData))
    }
}

/// A protected handler outside [`AzureAuth`](crate::AzureAuth): it answers 500 and never runs.
#[derive(Clone, Copy, Debug, Error)]
#[error("a protected handler is not inside `AzureAuth`; add `.with(AzureAuth::from_env()?)` to the whole application")]
pub(crate) struct NotMounted;

impl ResponseError for NotMounted {
    fn status(&self) -> StatusCode {
        StatusCode::INTERNAL_SERVER_ERROR
    }

    /// The remedy is for the log, not for the visitor.
    fn as_response(&self) -> poem::Response {
        tracing::error!(target: "azure_auth::refusal", code = "not-mounted", "{self}");
        StatusCode::INTERNAL_SERVER_ERROR.into()
    }
}

/// What this request has found out so far.
pub(crate) fn cell(request: &Request) -> Result<&RequestCell, NotMounted> {
    request.extensions().get::<Arc<RequestCell>>().map(Arc::as_ref).ok_or(NotMounted)
}

async fn refuse(
    cell: &RequestCell,
    request: &Request,
    refusal: Refusal,
    requirement: &Requirement,
    handler: &'static str,
) -> Refused {
    let is_navigation = request_facts::form_of_answer(request) == AnswerForm::Navigation;
    if refusal == Refusal::NotSignedIn && is_navigation && cell.application.signs_in() {
        sign_in::redirect(cell, request, requirement.scopes).await
    } else {
        answer::refuse(&cell.application, request, refusal, Some(handler))
    }
}
