//! The guard in front of a protected handler.

use std::marker::PhantomData;

use poem::{FromRequest, Request, RequestBody, Result};

use super::declared::Declared;
use super::principal::Principal;
use super::refused::Refused;
use super::request_cell::{Credential, RequestCell};
use super::{answer, caller, credential, embedded, request_facts, sign_in};
use crate::model::declaration::Access;
use crate::model::requirement::Requirement;
use crate::rules::admission::{self, NotAdmitted};
use crate::rules::navigation::AnswerForm;

/// Proof that the caller meets the declaration of handler `H`: extracted before the handler's own arguments, so that
/// nobody's body is read who may not send one.
pub struct Guarded<H>(PhantomData<fn() -> H>);

impl<'a, H: Declared> FromRequest<'a> for Guarded<H> {
    async fn from_request(request: &'a Request, _body: &mut RequestBody) -> Result<Self> {
        let cell = caller::cell(request)?;
        let Access::Protected(requirement) = &H::DECLARATION.access else { return Ok(Self(PhantomData)) };
        let principal = match credential::of(cell, request).await {
            Credential::Principal(principal) => principal,
            Credential::None => {
                return Err(not_signed_in(cell, request, requirement, H::DECLARATION.handler).await.into());
            }
            Credential::Refused(refusal) => {
                return Err(answer::refuse_credential(cell, request, refusal, Some(H::DECLARATION.handler)).into());
            }
        };
        let mut judged = admission::judge(requirement, principal);
        #[cfg(feature = "testing")]
        if judged.is_ok() && cell.mounted.rehearses {
            return Err(poem::Error::from_status(poem::http::StatusCode::NO_CONTENT));
        }
        if judged.is_ok() {
            let principal = Principal::new(principal.clone(), cell);
            judged = H::check(&principal, request).await.map_err(NotAdmitted::Check);
        }
        match judged {
            Ok(()) => Ok(Self(PhantomData)),
            Err(refusal) => Err(refuse(cell, request, refusal, requirement, H::DECLARATION.handler).await.into()),
        }
    }
}

async fn not_signed_in(
    cell: &RequestCell,
    request: &Request,
    requirement: &Requirement,
    handler: &'static str,
) -> Refused {
    let application = cell.application();
    if application.configuration.embedding.is_some() && application.signs_in() && embedded::asks(request) {
        return embedded::refused(cell, request);
    }
    let is_navigation = request_facts::form_of_answer(request) == AnswerForm::Navigation;
    if is_navigation && application.signs_in() {
        sign_in::redirect(cell, request, requirement.openid_scopes).await
    } else {
        answer::refuse(cell, request, &NotAdmitted::NotSignedIn, requirement, Some(handler))
    }
}

/// A session that was made before this handler's groups were asked for is made again, without a word.
async fn refuse(
    cell: &RequestCell,
    request: &Request,
    refusal: NotAdmitted,
    requirement: &Requirement,
    handler: &'static str,
) -> Refused {
    let asks_anew = matches!(refusal, NotAdmitted::GroupsUnknown { .. })
        && cell
            .opened_session()
            .is_some_and(|session| !cell.mounted.table.groups.is_answered_in(session.stored.record.groups.as_ref()));
    if asks_anew {
        return not_signed_in(cell, request, requirement, handler).await;
    }
    answer::refuse(cell, request, &refusal, requirement, Some(handler))
}
