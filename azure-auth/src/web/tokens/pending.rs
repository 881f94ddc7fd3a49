//! An answer that waits to be made by the layer: what a handler returned says what is missing, and not to whom.

use std::sync::Arc;

use poem::Response;
use poem::http::header::HeaderValue;
use poem::http::{Method, Uri};

use super::acquisition::Holder;
use super::refusal::{self, Missing};
use super::token_error::MissingToken;
use crate::io::tokens::token_problem::TokenProblem;
use crate::rules::request::navigation::AnswerForm;
use crate::rules::session::cookies::CookiePlacement;
use crate::web::application::opened_session::OpenedSession;
use crate::web::application::state::Application;
use crate::web::pages::refused::Refused;
use crate::web::request::failure::Receiver;
use crate::web::request::findings::Findings;

/// Marks an answer that is still to be made.
#[derive(Clone)]
pub(crate) struct PendingRefusal(pub(crate) Arc<MissingToken>);

/// What is known of a request that is used up.
pub(crate) struct UsedUp<'a> {
    /// None where nobody remembered: the person is shown the way, which leads back to the page that they follow it from.
    pub(crate) named: Option<(&'a Method, &'a Uri)>,
    /// By what the sender accepts.
    pub(crate) form: AnswerForm,
}

/// What is missing, where an answer waits for it.
pub(crate) fn taken(response: &mut Response) -> Option<Arc<MissingToken>> {
    response.extensions_mut().remove::<PendingRefusal>().map(|PendingRefusal(missing)| missing)
}

/// The answer. A person goes on by way of the sign-in's own address, which sees the browser again.
pub(crate) async fn finish(findings: &Findings, missing: &MissingToken, asked: UsedUp<'_>) -> Refused {
    let application = findings.application();
    let explained = application.configuration.explain;
    let found = findings.all().find_map(Findings::opened_session);
    let is_bearer = findings.all().any(Findings::is_bearer);
    let refused = match found.filter(|_| !is_bearer) {
        Some(session) if missing.problem.asks_person() => of_session(application, session, missing, &asked).await,
        found => {
            let receiver = Receiver::at(found.map(|session| &session.site), asked.form, explained);
            let failure = match found {
                Some(_) => refusal::describe(application, &receiver, &missing.problem),
                None => refusal::for_program(application, &receiver, &missing.problem),
            };
            Refused::answered(failure, asked.form, &application.pages)
        }
    };
    refusal::log(application, refused.failure(), None);
    refused
}

async fn of_session(
    application: &Application,
    session: &Arc<OpenedSession>,
    missing: &MissingToken,
    UsedUp { named, form }: &UsedUp<'_>,
) -> Refused {
    let holder = Holder { application, principal: &session.principal, session: Some(session) };
    let MissingToken { problem, resource, needs, is_challenged } = missing;
    let missing = Missing { problem, resource: *resource, needs, is_challenged: *is_challenged };
    let receiver = Receiver::at(Some(&session.site), *form, application.configuration.explain);
    let addresses = receiver.addresses(application);
    let (access, claims) = (refusal::asked(&holder, missing), problem.claims());
    let is_page = *form == AnswerForm::Page && named.is_some_and(|(method, _)| *method == Method::GET);
    let is_navigation = is_page && session.placement == CookiePlacement::FirstParty;
    // A script that asks comes from a page: where it leads the browser, that page is known.
    let page = named.filter(|_| is_page).and_then(|(_, uri)| uri.path_and_query());
    let page = page.map(|page| addresses.of(page.as_str()).into_owned());
    let (problem, is_led): (TokenProblem, bool) = match refusal::may_visit(&holder, session, missing).await {
        Ok(true) => (problem.clone(), is_navigation),
        Ok(false) if is_navigation => (refusal::visited(missing), false),
        Ok(false) => (problem.clone(), false),
        Err(error) => (error, false),
    };
    let way = refusal::way_on(application, addresses, session, page, access, claims);
    let failure = refusal::describe(application, &receiver, &problem);
    if is_led && let Ok(address) = HeaderValue::from_str(&way) {
        return Refused::redirect(failure, address, &application.pages);
    }
    let is_form = *form == AnswerForm::Page && named.is_some_and(|(method, _)| !method.is_safe());
    Refused::answered(refusal::lead_on(failure, way, is_form), *form, &application.pages)
}
