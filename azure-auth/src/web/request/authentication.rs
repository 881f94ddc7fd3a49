//! Who sends a request, for whoever has to know, and what they are told where that is not enough.

use std::sync::Arc;

use azure_auth_policy::Requirement;
use poem::Error;

use super::context::RequestContext;
use super::findings::{Credential, CredentialRefusal};
use super::{credential, failure, request_facts, session};
use crate::io::sessions::store::StoreError;
use crate::model::callers::principal::Principal;
use crate::rules::policy::admission::NotAdmitted;
use crate::web::application::opened_session::OpenedSession;
use crate::web::pages::refused::Refused;

/// The error of an argument that refuses. It may be asked out of curiosity: then it is dropped where it is, and refused
/// nobody.
pub(crate) fn error(refused: Refused) -> Error {
    let error = Error::from(refused);
    if let Some(refused) = error.downcast_ref::<Refused>() {
        refused.trace.settle();
    }
    error
}

/// The principal behind a request, whatever is asked of them.
pub(crate) async fn authenticate(context: &RequestContext<'_>) -> Result<Arc<Principal>, Refused> {
    match credential::of(context).await {
        Credential::Principal(principal) => Ok(principal.clone()),
        Credential::None => Err(refuse(context, &context.findings.nobody())),
        Credential::Refused(refusal) => Err(failure::refuse_credential(context, &refusal, None)),
    }
}

/// The session of a request. A session that could not be looked up may still exist.
pub(crate) async fn session<'c>(context: &RequestContext<'c>) -> Result<Option<&'c Arc<OpenedSession>>, Refused> {
    session::of(context).await.map_err(|error| refuse_without_store(context, &error))
}

/// The session that a request means to watch or to end. One with an `Authorization` header means none: that header says
/// who sends it, and is refused where it proves nothing.
pub(crate) async fn session_alone<'c>(context: &RequestContext<'c>) -> Result<Option<&'c Arc<OpenedSession>>, Refused> {
    if request_facts::has_authorization(context.request) {
        authenticate(context).await?;
        return Err(refuse(context, &NotAdmitted::SessionRequired));
    }
    session(context).await
}

/// A session that could not be looked up, or not be ended.
pub(crate) fn refuse_without_store(context: &RequestContext<'_>, error: &StoreError) -> Refused {
    failure::refuse_credential(context, &CredentialRefusal::Store(error.clone()), None)
}

/// A refusal outside any declaration.
pub(crate) fn refuse(context: &RequestContext<'_>, refusal: &NotAdmitted<'static>) -> Refused {
    failure::refuse(context, refusal, &Requirement::ANYONE, None)
}
