//! The guard in front of a protected handler.

use std::marker::PhantomData;
use std::sync::Arc;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use poem::{FromRequest, Request, RequestBody, Result};

use super::checked::{Checked, Loaded};
use super::declared::{Check, Declared};
use super::lost_refusal;
use super::principal::Principal;
use crate::model::callers::groups::UnknownGroups;
use crate::model::policies::declaration::{Access, Declaration};
use crate::model::policies::requirement::Requirement;
use crate::rules::policy::admission::{self, NotAdmitted};
use crate::rules::request::navigation::AnswerForm;
use crate::web::pages::refused::Refused;
use crate::web::paths::{embedded, sign_in};
use crate::web::request::failure::SignInError;
use crate::web::request::findings::{Credential, RequestCell};
use crate::web::request::{authentication, credential, failure, request_facts};

/// Proof that the caller meets the declaration of handler `H`: extracted before the handler's own arguments, so that
/// nobody's body is read who may not send one.
pub struct Guarded<H>(PhantomData<fn() -> H>);

impl<'a, H: Declared> FromRequest<'a> for Guarded<H> {
    async fn from_request(request: &'a Request, _body: &mut RequestBody) -> Result<Self> {
        let loaded = admitted(request, &H::DECLARATION, H::CHECK, Guards::Handler).await?;
        if loaded.is_something() {
            authentication::cell(request)?.note_own_check();
        }
        Ok(Self(PhantomData))
    }
}

/// The same for a handler that takes what its `check` gives.
///
/// It is named by the type of the argument as written, so that an import of that is used.
pub struct GuardedWith<H, C> {
    /// Passed on to the handler.
    pub checked: C,
    handler: PhantomData<fn() -> H>,
}

impl<'a, H: Declared, T: Send + 'static> FromRequest<'a> for GuardedWith<H, Checked<T>> {
    async fn from_request(request: &'a Request, _body: &mut RequestBody) -> Result<Self> {
        let loaded = admitted(request, &H::DECLARATION, H::CHECK, Guards::Handler).await?;
        Ok(Self { checked: loaded.into_checked()?, handler: PhantomData })
    }
}

/// In front of a handler that is open on purpose: it says so of the request, wherever the handler is mounted.
pub struct Opened;

impl<'a> FromRequest<'a> for Opened {
    async fn from_request(request: &'a Request, _body: &mut RequestBody) -> Result<Self> {
        if let Some(cell) = request.extensions().get::<Arc<RequestCell>>() {
            cell.note_declared();
            cell.guard_notes.admitted();
        }
        Ok(Self)
    }
}

/// Says of a request that it came to something which says who may call it. Outside of `AzureAuth` nobody asks.
pub(crate) fn note_declared(request: &Request) {
    if let Some(cell) = request.extensions().get::<Arc<RequestCell>>() {
        cell.note_declared();
    }
}

/// What stands behind a guard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Guards {
    Handler,
    /// Perhaps a router with guards of its own.
    Endpoint,
}

/// Admits a request, or answers it. Boxed, for else the compiler would look into all of that at every handler.
pub(crate) fn admitted<'a>(
    request: &'a Request,
    declaration: &'static Declaration,
    check: Option<Check>,
    guards: Guards,
) -> BoxFuture<'a, Result<Loaded>> {
    admit(request, declaration, check, guards).boxed()
}

async fn admit(
    request: &Request,
    declaration: &'static Declaration,
    check: Option<Check>,
    guards: Guards,
) -> Result<Loaded> {
    let cell = authentication::cell(request)?;
    cell.note_declared();
    let Access::Protected(requirement) = &declaration.access else { return Ok(Loaded::default()) };
    let handler = declaration.handler;
    // What is rewritten on its way out is put back by the layer.
    let turned_away = |refused: Refused| Err(lost_refusal::error(cell, request, refused));
    let principal = match credential::of(cell, request).await {
        Credential::Principal(principal) => principal,
        Credential::None => {
            // Boxed, for it is large, and every request would carry room for it.
            return turned_away(Box::pin(not_signed_in(cell, request, requirement, handler)).await);
        }
        Credential::Refused(refusal) => {
            return turned_away(failure::refuse_credential(cell, request, &refusal, Some(handler)));
        }
    };
    let mut judged = admission::judge(requirement, principal).map(|()| Loaded::default());
    #[cfg(feature = "testing")]
    if judged.is_ok()
        && let Some(rehearsal) = request.extensions().get::<Rehearsal>()
    {
        return rehearsal.pass_guard().map(|()| Loaded::default());
    }
    if judged.is_ok()
        && let Some(check) = check
    {
        judged = check(&Principal::new(principal.clone(), cell), request).await.map_err(NotAdmitted::Check);
    }
    match judged {
        Ok(loaded) => {
            if guards == Guards::Handler {
                cell.guard_notes.admitted();
            }
            Ok(loaded)
        }
        Err(refusal) => turned_away(Box::pin(refuse(cell, request, refusal, requirement, handler)).await),
    }
}

/// Marks a request of a test of a whole table, for which nothing runs, with how many guards stand in front of what it asks
/// for. Requests from outside cannot have it.
#[cfg(feature = "testing")]
#[derive(Clone)]
pub(crate) struct Rehearsal(std::sync::Arc<std::sync::atomic::AtomicUsize>);

#[cfg(feature = "testing")]
impl Rehearsal {
    pub(crate) fn of(guards: usize) -> Self {
        Self(std::sync::Arc::new(guards.into()))
    }

    /// The guards in front let it pass, so that each of them is asked. The last one ends it.
    fn pass_guard(&self) -> Result<()> {
        use std::sync::atomic::Ordering::Relaxed;

        let ahead = self.0.fetch_update(Relaxed, Relaxed, |ahead| Some(ahead.saturating_sub(1)));
        if ahead.is_ok_and(|ahead| ahead > 1) {
            return Ok(());
        }
        Err(poem::Error::from_status(poem::http::StatusCode::NO_CONTENT))
    }
}

async fn not_signed_in(
    cell: &RequestCell,
    request: &Request,
    requirement: &Requirement,
    handler: &'static str,
) -> Refused {
    let application = cell.application();
    let shows_page = request_facts::form_of_answer(request) != AnswerForm::Problem || embedded::asks(request);
    if cell.original.is_misplaced && shows_page {
        return failure::sign_in_failed(application, request, &SignInError::Misplaced);
    }
    if application.configuration.embedding.is_some() && application.signs_in() && embedded::asks(request) {
        return embedded::refused(cell, request);
    }
    let is_navigation = request_facts::form_of_answer(request) == AnswerForm::Navigation;
    if is_navigation && application.signs_in() {
        sign_in::redirect(cell, request, requirement.openid_scopes).await
    } else {
        failure::refuse(cell, request, &NotAdmitted::NotSignedIn, requirement, Some(handler))
    }
}

/// A session that began when the application asked for other groups is made again, without a word. Groups that it does
/// not ask for now would be as unknown afterwards.
async fn refuse(
    cell: &RequestCell,
    request: &Request,
    refusal: NotAdmitted,
    requirement: &Requirement,
    handler: &'static str,
) -> Refused {
    let asks_anew = matches!(refusal, NotAdmitted::GroupsUnknown { reason: UnknownGroups::OtherQuestion, .. });
    if asks_anew {
        return not_signed_in(cell, request, requirement, handler).await;
    }
    failure::refuse(cell, request, &refusal, requirement, Some(handler))
}
