//! The guard in front of a protected handler.

use std::marker::PhantomData;
use std::sync::Arc;

use azure_auth_policy::Requirement;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use poem::{FromRequest, Request, RequestBody, Result};

use super::checked::{Checked, Loaded};
use super::declared::{Check, Declared};
use super::lost_refusal;
use super::principal::Principal;
use crate::model::callers::groups::UnknownGroups;
use crate::model::callers::principal as model;
use crate::model::downstream::need::Need;
use crate::model::downstream::permission::ResourceName;
use crate::model::policies::declaration::{Access, Declaration};
use crate::rules::policy::admission::{self, NotAdmitted};
use crate::rules::request::navigation::AnswerForm;
use crate::web::pages::refused::Refused;
use crate::web::paths::sign_in_failure::{self, SignInError};
use crate::web::paths::{embedded, sign_in};
use crate::web::request::context::RequestContext;
use crate::web::request::findings::{Credential, Findings};
use crate::web::request::{credential, failure};
use crate::web::tokens::acquisition::{self, Holder};
use crate::web::tokens::caller_groups;
use crate::web::tokens::refusal::{self, Missing};

/// Proof that the caller meets the declaration of handler `H`: extracted before the handler's own arguments, so that
/// nobody's body is read who may not send one.
pub struct Guarded<H>(PhantomData<fn() -> H>);

impl<'a, H: Declared> FromRequest<'a> for Guarded<H> {
    async fn from_request(request: &'a Request, _body: &mut RequestBody) -> Result<Self> {
        let loaded = admitted(request, &H::DECLARATION, H::CHECK, Guards::Handler).await?;
        if loaded.is_something() {
            RequestContext::of(request)?.findings.note_own_check();
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
        if let Some(findings) = request.extensions().get::<Arc<Findings>>() {
            findings.note_declared();
            findings.guard_notes.admitted();
        }
        Ok(Self)
    }
}

/// Says of a request that it came to something which says who may call it. Outside of `AzureAuth` nobody asks.
pub(crate) fn note_declared(request: &Request) {
    if let Some(findings) = request.extensions().get::<Arc<Findings>>() {
        findings.note_declared();
    }
}

/// What is behind a guard.
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
    let context = RequestContext::of(request)?;
    context.findings.note_declared();
    let Access::Protected(requirement) = &declaration.access else { return Ok(Loaded::default()) };
    let handler = declaration.handler;
    if context.application().telling.is_on() {
        context.findings.guard_notes.note_handler(handler);
    }
    // What is rewritten on its way out is put back by the layer.
    let turned_away = |refused: Refused| Err(lost_refusal::error(&context, refused));
    let principal = match credential::of(&context).await {
        Credential::Principal(principal) => principal,
        Credential::None => {
            // Boxed, for it is large, and every request would carry room for it.
            return turned_away(Box::pin(not_signed_in(&context, requirement, declaration)).await);
        }
        Credential::Refused(refusal) => {
            return turned_away(failure::refuse_credential(&context, &refusal, Some(handler)));
        }
    };
    let mut judged = admission::judge(requirement, principal).map(|()| Loaded::default());
    #[cfg(feature = "testing")]
    if judged.is_ok()
        && let Some(dry_run) = request.extensions().get::<DryRun>()
    {
        if dry_run.takes_tokens
            && let Err(refused) = Box::pin(take_tokens(&context, declaration, principal)).await
        {
            return turned_away(refused);
        }
        return dry_run.pass_guard().map(|()| Loaded::default());
    }
    if judged.is_ok()
        && let Some(check) = check
    {
        judged = check(&Principal::new(principal.clone(), context.findings), request).await.map_err(NotAdmitted::Check);
    }
    match judged {
        Ok(loaded) => {
            #[cfg(feature = "azure-sdk")]
            context.findings.guard_notes.note_needs(declaration.needs);
            if !declaration.needs.is_empty()
                && !acquisition::take_in_hand(&context, declaration.needs, principal)
                // Boxed, for few requests wait for any.
                && let Err(refused) = Box::pin(take_tokens(&context, declaration, principal)).await
            {
                return turned_away(refused);
            }
            if guards == Guards::Handler {
                context.findings.guard_notes.admitted();
            }
            if context.application().telling.wants_admitted() {
                tell_admitted(&context, handler);
            }
            Ok(loaded)
        }
        // Boxed as one, for every request would carry room for what few of them need.
        Err(refusal) => Box::pin(turn_away(&context, request, (declaration, check, guards), principal, refusal)).await,
    }
}

/// Refuses a caller, unless more can be found out about them.
async fn turn_away(
    context: &RequestContext<'_>,
    request: &Request,
    (declaration, check, guards): (&'static Declaration, Option<Check>, Guards),
    principal: &Arc<model::Principal>,
    refusal: NotAdmitted<'static>,
) -> Result<Loaded> {
    let refused = if caller_groups::may_help(context, principal, &refusal) {
        match caller_groups::look_up(context, principal).await {
            // Once more with what is known now, which does not come here again.
            Ok(()) => return admitted(request, declaration, check, guards).await,
            Err(problem) => refusal::refuse_groups(context, &problem, Some(declaration.handler)),
        }
    } else {
        refuse(context, refusal, declaration).await
    };
    Err(lost_refusal::error(context, refused))
}

/// Nobody's handler runs without what it needs of other APIs, and no caller without rights causes a request to the provider.
async fn take_tokens(
    context: &RequestContext<'_>,
    declaration: &'static Declaration,
    principal: &Arc<model::Principal>,
) -> Result<(), Refused> {
    let Declaration { needs, handler, .. } = declaration;
    let session = context.findings.opened_session().filter(|_| !context.findings.is_bearer());
    let holder = Holder { application: context.application(), principal, session };
    for need in *needs {
        match need {
            Need::Nothing | Need::Person { is_optional: true, .. } => {}
            Need::Person { permissions, .. } => {
                if let Err(problem) = holder.token(permissions, needs).await {
                    let resource = need.resource().unwrap_or(ResourceName::Graph);
                    let missing = Missing { problem: &problem, resource, needs, is_challenged: false };
                    return Err(Box::pin(refusal::refuse(context, holder, missing, Some(handler))).await);
                }
            }
            Need::Application(resource) => {
                if let Err(problem) = context.application().tokens.of_program(*resource, None).await {
                    return Err(refusal::refuse_program(context, &problem, Some(handler)));
                }
            }
        }
    }
    Ok(())
}

/// Apart, for few applications want to know.
#[cold]
fn tell_admitted(context: &RequestContext<'_>, handler: &'static str) {
    context.application().telling.admitted(context.told_request(Some(handler)));
}

/// Marks a request of a test of a whole table, for which nothing runs, with how many guards are in front of what it asks
/// for. Requests from outside cannot have it.
#[cfg(feature = "testing")]
#[derive(Clone)]
pub(crate) struct DryRun {
    ahead: std::sync::Arc<std::sync::atomic::AtomicUsize>,
    /// Whether the tokens that a handler needs are asked for first.
    takes_tokens: bool,
}

#[cfg(feature = "testing")]
impl DryRun {
    pub(crate) fn of(guards: usize, takes_tokens: bool) -> Self {
        Self { ahead: std::sync::Arc::new(guards.into()), takes_tokens }
    }

    /// The guards in front let it pass, so that each of them is asked. The last one ends it.
    fn pass_guard(&self) -> Result<()> {
        use std::sync::atomic::Ordering::Relaxed;

        let ahead = self.ahead.fetch_update(Relaxed, Relaxed, |ahead| Some(ahead.saturating_sub(1)));
        if ahead.is_ok_and(|ahead| ahead > 1) {
            return Ok(());
        }
        Err(poem::Error::from_status(poem::http::StatusCode::NO_CONTENT))
    }
}

async fn not_signed_in(
    context: &RequestContext<'_>,
    requirement: &Requirement<'static>,
    Declaration { handler, needs, .. }: &Declaration,
) -> Refused {
    let application = context.application();
    let shows_page = context.form() != AnswerForm::Problem || embedded::asks(context.request);
    if context.findings.original.is_misplaced && shows_page {
        return sign_in_failure::answer(context, &SignInError::Misplaced);
    }
    if application.configuration.embedding.is_some() && application.signs_in() && embedded::asks(context.request) {
        return embedded::refuse(context);
    }
    let is_navigation = context.form() == AnswerForm::Navigation;
    if is_navigation && application.signs_in() {
        let access = sign_in::access::of_needs(context.application(), needs);
        sign_in::redirect(context, requirement.openid_scopes, access).await
    } else {
        failure::refuse(context, &context.findings.nobody(), requirement, Some(handler))
    }
}

/// A session that began when the application asked for other groups is made again, without a word. Groups that it does
/// not ask for now would be as unknown afterwards.
async fn refuse(context: &RequestContext<'_>, refusal: NotAdmitted<'static>, declaration: &Declaration) -> Refused {
    let requirement = match &declaration.access {
        Access::Protected(requirement) => requirement,
        Access::Public { .. } => &Requirement::ANYONE,
    };
    let asks_anew = matches!(refusal, NotAdmitted::GroupsUnknown { reason: UnknownGroups::OtherQuestion, .. });
    if asks_anew {
        return not_signed_in(context, requirement, declaration).await;
    }
    failure::refuse(context, &refusal, requirement, Some(declaration.handler))
}
