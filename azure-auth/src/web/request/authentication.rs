//! Who sends a request, for whoever has to know, and what they are told where that is not enough.

use std::sync::Arc;

use poem::Request;
use poem::error::ResponseError;
use poem::http::StatusCode;
use thiserror::Error;

use super::findings::{Credential, CredentialRefusal, RequestCell};
use super::{credential, failure, request_facts, session};
use crate::io::sessions::store::StoreError;
use crate::model::callers::principal::Principal;
use crate::model::policies::requirement::Requirement;
use crate::model::refusals::reason::Reason;
use crate::rules::policy::admission::NotAdmitted;
use crate::web::application::opened_session::OpenedSession;
use crate::web::pages::refused::Refused;

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
        tracing::error!(target: "azure_auth::refusal", code = Reason::NotMounted.code(), "{self}");
        StatusCode::INTERNAL_SERVER_ERROR.into()
    }
}

/// What this request has found out so far, for what it proves its sender with.
pub(crate) fn cell(request: &Request) -> Result<&RequestCell, NotMounted> {
    Ok(request.extensions().get::<Arc<RequestCell>>().ok_or(NotMounted)?.of(request))
}

/// The principal behind a request, whatever is asked of them.
pub(crate) async fn authenticated(cell: &RequestCell, request: &Request) -> Result<Arc<Principal>, Refused> {
    match credential::of(cell, request).await {
        Credential::Principal(principal) => Ok(principal.clone()),
        Credential::None => Err(refused(cell, request, &NotAdmitted::NotSignedIn)),
        Credential::Refused(refusal) => Err(failure::refuse_credential(cell, request, &refusal, None)),
    }
}

/// The session of a request. That it could not be looked up does not mean that there is none.
pub(crate) async fn session<'c>(
    cell: &'c RequestCell,
    request: &Request,
) -> Result<Option<&'c Arc<OpenedSession>>, Refused> {
    session::of(cell, request).await.map_err(|error| without_store(cell, request, &error))
}

/// The session that a request means to watch or to end. One with an `Authorization` header means none: that header says
/// who sends it, and is refused where it proves nothing.
pub(crate) async fn session_alone<'c>(
    cell: &'c RequestCell,
    request: &Request,
) -> Result<Option<&'c Arc<OpenedSession>>, Refused> {
    if request_facts::has_authorization(request) {
        authenticated(cell, request).await?;
        return Err(refused(cell, request, &NotAdmitted::SessionRequired));
    }
    session(cell, request).await
}

/// A session that could not be looked up, or not be ended.
pub(crate) fn without_store(cell: &RequestCell, request: &Request, error: &StoreError) -> Refused {
    failure::refuse_credential(cell, request, &CredentialRefusal::Store(error.clone()), None)
}

/// A refusal outside any declaration.
pub(crate) fn refused(cell: &RequestCell, request: &Request, refusal: &NotAdmitted) -> Refused {
    failure::refuse(cell, request, refusal, &Requirement::ANYONE, None)
}
