//! Pages for whom Microsoft sends to the redirect URI although nobody here began a sign-in.
//!
//! Everybody can write such an address. Nothing in it is believed, no text of it is shown, and nothing changes.

use poem::Response;
use poem::http::{Method, StatusCode};

use super::sign_in_failure;
use crate::model::refusals::page_kind::PageKind;
use crate::rules::sign_in::authorization_response::Unasked;
use crate::rules::sign_in::entra_error::EntraError;
use crate::web::pages::page::{Page, PageAction};
use crate::web::pages::refused::Refused;
use crate::web::request::context::RequestContext;

/// Says what happened, as Microsoft reports it, and where to go on.
pub(crate) fn answer(context: &RequestContext<'_>, unasked: Unasked) -> Result<Response, Refused> {
    match unasked {
        Unasked::ConsentGranted => Ok(consent(
            context,
            "Permissions were granted",
            "Microsoft reports that an administrator has agreed to what this application asks for. Whether that is so shows \
             when people of the organisation sign in.",
            None,
        )),
        Unasked::ConsentRefused(error) => Ok(consent(
            context,
            "Permissions were not granted",
            "Microsoft reports that an administrator has not agreed to what this application asks for. Nothing has changed.",
            error.as_ref(),
        )),
        Unasked::Error(error) => Err(sign_in_failure::answer_unasked(context, &error)),
    }
}

fn consent(context: &RequestContext<'_>, title: &'static str, sentence: &str, error: Option<&EntraError>) -> Response {
    let application = context.application();
    let addresses = context.addresses();
    let link = |label, address| PageAction { label, method: Method::GET, address };
    let page = Page {
        details: error.map(details).unwrap_or_default(),
        actions: vec![link("Sign in", addresses.login("/")), link("Start page", addresses.root().to_owned())],
        asked: context.asked(),
        ..Page::new(PageKind::AdministratorConsent, StatusCode::OK, title, sentence)
    };
    application.pages.response(&page, "")
}

/// Numbers only, for whoever has to look them up.
fn details(error: &EntraError) -> Vec<(&'static str, String)> {
    let code = error.code.map(|code| ("Microsoft's code", format!("AADSTS{code}")));
    let id = error.correlation_id.map(|id| ("Correlation id", id.to_string()));
    code.into_iter().chain(id).collect()
}
