//! What a page of ours in a frame of another site asks for: the script, and a session of its own.

use poem::http::header::{CONTENT_TYPE, HeaderValue, LOCATION};
use poem::http::{Method, StatusCode};
use poem::{Request, Response};
use serde_json::json;
use url::form_urlencoded;

use crate::io::clock;
use crate::io::sessions::store::Lease;
use crate::model::settings::embedding::Embedding;
use crate::rules::policy::admission::NotAdmitted;
use crate::rules::request::embedding::{self, CODE_LIFETIME, CODE_LIMIT, EmbeddingError};
use crate::rules::request::same_origin::{self, ForeignRequest};
use crate::rules::session::cookies::Carrier;
use crate::web::application::application::Application;
use crate::web::pages::refused::Refused;
use crate::web::request::failure::{self, SignInError};
use crate::web::request::findings::RequestCell;
use crate::web::request::{authentication, request_facts, session};

/// A form with a code and a secret is shorter.
const FORM_LIMIT: usize = CODE_LIMIT + 1024;

const SCRIPT: &str = include_str!("embed.js");

/// `GET /session/embed.js`: a function of this application's paths, called with them.
pub(crate) fn script(cell: &RequestCell, request: &Request) -> Response {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return StatusCode::METHOD_NOT_ALLOWED.into();
    }
    let application = cell.application();
    let configuration = &application.configuration;
    let path = |own: &str| application.addresses(request).path(own);
    let paths = configuration.embedding.as_ref().map(|embedding| {
        json!({
            "session": path(&configuration.paths.session),
            "login": path(&embedding.login),
            "popupLogout": path(&embedding.logout),
            "logout": path(&configuration.paths.logout),
            "redemption": path(&format!("{}{}", configuration.paths.session, Embedding::REDEMPTION)),
        })
    });
    let text = format!("{}({});\n", SCRIPT.trim_end(), paths.unwrap_or_default());
    let mut response = Response::builder().body(text);
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/javascript; charset=utf-8"));
    response
}

/// `POST /session/embedded`: a code of a window, and the secret that only the frame has, for the frame's session.
pub(crate) async fn redeem(cell: &RequestCell, request: &mut Request) -> Result<Response, Refused> {
    if *request.method() != Method::POST {
        return Ok(StatusCode::METHOD_NOT_ALLOWED.into());
    }
    if let Err(foreign) = own_origin(cell, request) {
        return Err(authentication::refused(cell, request, &foreign.into()));
    }
    let form = request.take_body().into_bytes_limit(FORM_LIMIT).await.unwrap_or_default();
    match redeemed(cell, request, &form).await {
        Ok(()) => Ok(StatusCode::NO_CONTENT.into()),
        Err(error) => {
            let refused = failure::sign_in_failed(cell.application(), request, &error);
            cell.application().events.refused(refused.code()).await;
            Err(refused)
        }
    }
}

async fn redeemed(cell: &RequestCell, request: &Request, form: &[u8]) -> Result<(), SignInError> {
    let application = cell.application();
    let (Some(keys), Some(store)) = (&application.embedded_code_keys, &application.sessions) else {
        return Err(SignInError::NoSecret);
    };
    let site = application.site(request).ok_or(SignInError::Host)?;
    let field = |wanted: &str| form_urlencoded::parse(form).find(|(name, _)| name == wanted).map(|(_, value)| value);
    let (Some(code), Some(secret)) = (field("code"), field("secret")) else { return Err(EmbeddingError::Form.into()) };
    let now = clock::now();
    let redeemable = embedding::redeem(&code, &secret, keys, site.names.session(Carrier::Frame), now)?;
    match store.lease(&redeemable.lease, clock::moment(), CODE_LIFETIME).await? {
        Lease::First => {}
        Lease::Taken => return Err(EmbeddingError::Used.into()),
        Lease::NoRoom => return Err(SignInError::NoRoom),
    }
    session::take_over(cell, request, &site, Carrier::Frame, &redeemable.ticket).await;
    Ok(())
}

/// Whether a request comes from our own pages. Trusted origins are not ours: they get no session here.
pub(crate) fn own_origin(cell: &RequestCell, request: &Request) -> Result<(), ForeignRequest> {
    let site = cell.application().site(request).ok_or(ForeignRequest::Unknown)?;
    same_origin::judge(request_facts::source(request), &site.origin, &[])
}

/// Whether a person opens a page in a frame, where a redirect to the provider would show nothing.
pub(crate) fn asks(request: &Request) -> bool {
    *request.method() == Method::GET && request_facts::is_in_frame(request)
}

/// "Not signed in", with the button that opens the window.
pub(crate) fn refused(cell: &RequestCell, request: &Request) -> Refused {
    let application = cell.application();
    let refusal = NotAdmitted::NotSignedIn;
    let mut failure = failure::describe(application, request, refusal.reason(), refusal.to_string());
    // A link would lead the frame to the provider.
    failure.retry = None;
    let button = "<div class=\"actions\"><button class=\"action\" data-azure-auth=\"sign-in\">Sign in</button></div>";
    Refused::in_frame(failure, format!("{button}\n{}", script_element(application, request)), &application.pages)
}

/// `/login` in a frame: on to where it leads for whoever is signed in, the same page for everybody else.
pub(crate) async fn login(cell: &RequestCell, request: &Request) -> Result<Response, Refused> {
    if authentication::session(cell, request).await?.is_none() {
        return Err(refused(cell, request));
    }
    let wanted = request_facts::parameter(request, "return_to").unwrap_or_default();
    let return_to = cell.application().addresses(request).return_to(&wanted);
    Ok(Response::builder().status(StatusCode::SEE_OTHER).header(LOCATION, return_to.as_ref()).finish())
}

/// The script, for pages of ours. Paths are made of letters that need no escaping.
pub(crate) fn script_element(application: &Application, request: &Request) -> String {
    let path = application.addresses(request).path(&application.configuration.paths.session);
    format!("<script src=\"{path}{}\"></script>\n", Embedding::SCRIPT)
}
