//! What callers are told where there is no token for another API. It never ends a session.

use azure_auth_policy::Requirement;

use super::acquisition::Holder;
use crate::io::clock;
use crate::io::tokens::groups::GroupsProblem;
use crate::io::tokens::token_problem::TokenProblem;
use crate::model::callers::principal::{Evidence, Party};
use crate::model::downstream::need::Need;
use crate::model::downstream::permission::{DEFAULT, ResourceName};
use crate::model::refusals::diagnosis::Diagnosis;
use crate::model::sessions::asked_access::{AskedAccess, AskedApi};
use crate::rules::downstream::{claims_challenge, scopes};
use crate::rules::policy::admission::NotAdmitted;
use crate::rules::request::challenge::{Challenge, ChallengeError};
use crate::rules::request::navigation::AnswerForm;
use crate::rules::session::cookies::CookiePlacement;
use crate::rules::token::access_token::TokenFacts;
use crate::web::application::addresses::Addresses;
use crate::web::application::opened_session::OpenedSession;
use crate::web::application::state::Application;
use crate::web::pages::refused::{Failure, Refused};
use crate::web::paths::sign_in::access_request::{self, AccessRequest};
use crate::web::paths::sign_in::{self, Wanted};
use crate::web::request::context::RequestContext;
use crate::web::request::failure::{self, Receiver};
use crate::web::request::request_facts;

/// What is missing, and all that the handler needs, so that a person is asked once.
#[derive(Clone, Copy)]
pub(crate) struct Missing<'a> {
    pub(crate) problem: &'a TokenProblem,
    /// The API that there is no token for.
    pub(crate) resource: ResourceName,
    pub(crate) needs: &'a [Need],
    /// The API itself asked for more, by a claims challenge.
    pub(crate) is_challenged: bool,
}

/// Sends a person on to the provider, or says what is missing and where to go.
pub(crate) async fn refuse(
    context: &RequestContext<'_>,
    holder: Holder<'_>,
    missing: Missing<'_>,
    handler: Option<&'static str>,
) -> Refused {
    if matches!(missing.problem, TokenProblem::SessionOver) {
        return failure::refuse(context, &NotAdmitted::NotSignedIn, &Requirement::ANYONE, handler);
    }
    match (&holder.principal.evidence, &holder.principal.party, holder.session) {
        (Evidence::Session, Party::User(_), Some(session)) => {
            refuse_session(context, holder, session, missing, handler).await
        }
        _ => refuse_program(context, missing.problem, handler),
    }
}

/// A caller with an access token, and what is nobody's to mend at a provider: an answer for programs.
pub(crate) fn refuse_program(
    context: &RequestContext<'_>,
    problem: &TokenProblem,
    handler: Option<&'static str>,
) -> Refused {
    finish(context, for_program(context.application(), &Receiver::of(context), problem), handler)
}

/// The same as it is said.
pub(super) fn for_program(application: &Application, receiver: &Receiver, problem: &TokenProblem) -> Failure {
    let mut failure = describe(application, receiver, problem);
    let challenge = |error, scope, claims| {
        let description = failure.shown_detail();
        Some(Challenge { error, description, scope, claims })
    };
    failure.challenge = match problem {
        TokenProblem::ConsentRequired { scopes, .. } | TokenProblem::NotGranted { scopes } => {
            challenge(ChallengeError::InsufficientScope, scopes.clone(), None)
        }
        TokenProblem::InteractionRequired { claims: Some(claims), .. } => {
            let claims = claims_challenge::encoded(&claims.0);
            challenge(ChallengeError::InsufficientClaims, Vec::new(), Some(claims))
        }
        TokenProblem::InteractionRequired { .. } | TokenProblem::AssertionOver { .. } => {
            challenge(ChallengeError::InvalidToken, Vec::new(), None)
        }
        _ => None,
    };
    if matches!(problem, TokenProblem::ConsentRequired { .. }) {
        // RFC 6750 §3.1: the token is good, and not enough.
        failure.status = 403;
    }
    failure.retry = None;
    failure
}

/// A caller whose groups could not be looked up. They may be in the group or not: the same request may be admitted later.
pub(crate) fn refuse_groups(
    context: &RequestContext<'_>,
    problem: &GroupsProblem,
    handler: Option<&'static str>,
) -> Refused {
    match problem {
        GroupsProblem::Token(problem) => refuse_program(context, problem, handler),
        GroupsProblem::Graph(error) => {
            let reason = problem.reason();
            let mut failure = failure::describe(context, reason, Diagnosis::of(problem, reason));
            failure.retry_after = error.retry_after();
            finish(context, failure, handler)
        }
    }
}

/// The same for an argument that may be asked out of curiosity: nobody is sent anywhere, and no way is begun.
pub(crate) fn refuse_argument(context: &RequestContext<'_>, holder: Holder<'_>, missing: Missing<'_>) -> Refused {
    match (&holder.principal.evidence, &holder.principal.party, holder.session) {
        (Evidence::Session, Party::User(_), Some(session)) if missing.problem.asks_person() => {
            finish(context, with_way_on(context, session, missing.problem, asked(&holder, missing), None), None)
        }
        _ => refuse_program(context, missing.problem, None),
    }
}

async fn refuse_session(
    context: &RequestContext<'_>,
    holder: Holder<'_>,
    session: &OpenedSession,
    missing: Missing<'_>,
    handler: Option<&'static str>,
) -> Refused {
    let problem = missing.problem;
    if !problem.asks_person() {
        return finish(context, describe(context.application(), &Receiver::of(context), problem), handler);
    }
    let (access, claims) = (asked(&holder, missing), problem.claims());
    // In a frame the provider shows no page.
    let is_navigation = context.form() == AnswerForm::Navigation && session.placement == CookiePlacement::FirstParty;
    let problem = match may_visit(&holder, session, missing).await {
        Ok(true) if is_navigation => return visit(context, session, problem, access, claims).await,
        Ok(false) if is_navigation => visited(missing),
        Ok(_) => problem.clone(),
        Err(error) => error,
    };
    finish(context, with_way_on(context, session, &problem, access, claims), handler)
}

/// Everything that the handler needs, what is missing first: the code is redeemed for that. With what the person agreed to
/// before, so that the new token serves other pages as well.
pub(super) fn asked(holder: &Holder<'_>, missing: Missing<'_>) -> AskedAccess {
    let agreed = |resource| {
        let before = holder.principal.tokens.find(resource);
        before.map(|token| token.held.asked.clone()).unwrap_or_default()
    };
    access(holder, missing, agreed)
}

/// `beside`: further names for an API.
fn access(holder: &Holder<'_>, missing: Missing<'_>, beside: impl Fn(ResourceName) -> Vec<String>) -> AskedAccess {
    let mut found = sign_in::access::demanded(holder.application, missing.needs);
    found.sort_by_key(|api| api.resource != missing.resource);
    let apis = found.into_iter().map(|api| {
        // Beside `.default` no name can be asked for, and the names are what is missing.
        let beside = beside(api.resource).into_iter().filter(|name| *name != DEFAULT);
        let names = api.names.iter().map(ToString::to_string).chain(beside).collect();
        AskedApi { uri: api.uri, names: scopes::joined(names) }
    });
    AskedAccess { apis: apis.collect(), is_challenged: missing.is_challenged }
}

/// Whether the person was not there for the same thing a moment ago.
pub(super) async fn may_visit(
    holder: &Holder<'_>,
    session: &OpenedSession,
    missing: Missing<'_>,
) -> Result<bool, TokenProblem> {
    let kept = holder.kept_session(session)?.access().await?;
    Ok(kept.value.visits.allow(&access(holder, missing, |_| Vec::new()), clock::now()))
}

/// On to the provider, and back to the same address.
async fn visit(
    context: &RequestContext<'_>,
    session: &OpenedSession,
    problem: &TokenProblem,
    access: AskedAccess,
    claims: Option<String>,
) -> Refused {
    let wanted = Wanted {
        return_to: context.own_address().into_owned(),
        wishes: sign_in::wishes_for(session, claims),
        access: Some(access),
        ..Wanted::default()
    };
    sign_in::redirect_for(context, wanted, problem.reason(), Diagnosis::of(problem, problem.reason())).await
}

/// What is said to whoever has just been there.
pub(super) fn visited(missing: Missing<'_>) -> TokenProblem {
    match missing.problem {
        _ if missing.is_challenged => TokenProblem::ProofNotEnough,
        TokenProblem::ConsentRequired { scopes, .. } => TokenProblem::NotGranted { scopes: scopes.clone() },
        problem => problem.clone(),
    }
}

/// With the address at which the person is asked.
fn with_way_on(
    context: &RequestContext<'_>,
    session: &OpenedSession,
    problem: &TokenProblem,
    access: AskedAccess,
    claims: Option<String>,
) -> Failure {
    let application = context.application();
    let return_to = context.addresses().return_to(&page(context)).into_owned();
    let way = way_on(application, context.addresses(), session, Some(return_to), access, claims);
    let is_form = context.form() == AnswerForm::Page && !context.request.method().is_safe();
    let mut failure = lead_on(describe(application, &Receiver::of(context), problem), way, is_form);
    if !request_facts::is_htmx(context.request) {
        failure.script_login = None;
    }
    failure
}

/// The address at which the person of a session is asked for more. `return_to`: else the page that leads there.
pub(super) fn way_on(
    application: &Application,
    addresses: Addresses<'_>,
    session: &OpenedSession,
    return_to: Option<String>,
    access: AskedAccess,
    claims: Option<String>,
) -> String {
    let request = AccessRequest::new(session.stored.record.id, return_to.clone(), access, claims);
    match request.seal(application) {
        Some(sealed) => addresses.login_asking("/", &[(access_request::PARAMETER, &sealed)]),
        None => addresses.login(&return_to.unwrap_or_default()),
    }
}

/// What a form sent is gone, and whoever sent it is told so.
pub(super) fn lead_on(mut failure: Failure, way: String, is_form: bool) -> Failure {
    if is_form {
        failure.sentence.push_str(" What the form sent was not kept.");
    }
    failure.script_login = Some(way.clone());
    failure.retry = Some(way);
    failure
}

/// The page that a person sees: the one that is asked for, or the one from which a form or a script asks.
fn page(context: &RequestContext<'_>) -> String {
    let site = context.site();
    let of_script = site.as_ref().and_then(|site| request_facts::htmx_page(context.request, &site.origin));
    let referring = || site.as_ref().map(|site| request_facts::referring_page(context.request, &site.origin));
    match of_script {
        Some(page) => page,
        None if context.form() == AnswerForm::Navigation => context.own_address().into_owned(),
        None => referring().unwrap_or_else(|| context.addresses().root().to_owned()),
    }
}

pub(super) fn describe(application: &Application, receiver: &Receiver, problem: &TokenProblem) -> Failure {
    let reason = problem.reason();
    let mut failure = failure::describe_to(application, receiver, reason, Diagnosis::of(problem, reason));
    failure.retry_after = problem.retry_after();
    if let Some(error) = problem.entra() {
        failure.entra_code = error.code;
        failure.correlation_id = error.correlation_id.map(|id| id.to_string());
    }
    if let TokenProblem::NotGranted { scopes } = problem {
        failure.sentence = format!("{} It is: {}.", failure.sentence, scopes.join(", "));
    }
    failure
}

fn finish(context: &RequestContext<'_>, failure: Failure, handler: Option<&'static str>) -> Refused {
    log(context.application(), &failure, handler);
    failure::answered(context, failure, handler)
}

pub(super) fn log(application: &Application, failure: &Failure, handler: Option<&'static str>) {
    failure::log(failure, handler, &TokenFacts::default(), application.lets_log(failure.reason, false));
}
