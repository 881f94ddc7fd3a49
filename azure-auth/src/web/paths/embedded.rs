//! What a page of ours in a frame of another site asks for: the script, and a session of its own.

use poem::http::header::{CONTENT_TYPE, HeaderValue, LOCATION};
use poem::http::{Method, StatusCode};
use poem::{Body, Request, Response};
use serde_json::json;
use url::form_urlencoded;

use super::sign_in_failure::{self, SignInError};
use crate::io::clock;
use crate::io::sessions::store::Lease;
use crate::model::refusals::diagnosis::Diagnosis;
use crate::model::settings::embedding::Embedding;
use crate::rules::policy::admission::NotAdmitted;
use crate::rules::request::embedding::{self, CODE_LIFETIME, CODE_LIMIT, EmbeddingError};
use crate::rules::request::same_origin::{self, ForeignRequest};
use crate::rules::session::cookies::CookiePlacement;
use crate::web::pages::refused::Refused;
use crate::web::request::context::RequestContext;
use crate::web::request::failure;
use crate::web::request::{authentication, request_facts, session};

/// A form with a code and a secret is shorter.
const FORM_LIMIT: usize = CODE_LIMIT + 1024;

const SCRIPT: &str = include_str!("embed.js");

/// `GET /session/embed.js`: a function of this application's paths, called with them.
pub(crate) fn script(context: &RequestContext<'_>) -> Response {
    if !matches!(*context.request.method(), Method::GET | Method::HEAD) {
        return StatusCode::METHOD_NOT_ALLOWED.into();
    }
    let application = context.application();
    let configuration = &application.configuration;
    let path = |own: &str| context.addresses().path(own);
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
pub(crate) async fn redeem(context: &RequestContext<'_>, body: Body) -> Result<Response, Refused> {
    if *context.request.method() != Method::POST {
        return Ok(StatusCode::METHOD_NOT_ALLOWED.into());
    }
    if let Err(foreign) = own_origin(context) {
        return Err(authentication::refuse(context, &foreign.into()));
    }
    let form = body.into_bytes_limit(FORM_LIMIT).await.unwrap_or_default();
    match redeem_code(context, &form).await {
        Ok(()) => Ok(StatusCode::NO_CONTENT.into()),
        Err(error) => Err(sign_in_failure::answer(context, &error)),
    }
}

async fn redeem_code(context: &RequestContext<'_>, form: &[u8]) -> Result<(), SignInError> {
    let application = context.application();
    let (Some(keys), Some(store)) = (&application.embedded_code_keys, &application.sessions) else {
        return Err(SignInError::NoCredential);
    };
    let site = context.served_site()?;
    let field = |wanted: &str| form_urlencoded::parse(form).find(|(name, _)| name == wanted).map(|(_, value)| value);
    let (Some(code), Some(secret)) = (field("code"), field("secret")) else { return Err(EmbeddingError::Form.into()) };
    let now = clock::now();
    let redeemable = embedding::redeem(&code, &secret, keys, site.names.session(CookiePlacement::Partitioned), now)?;
    match store.lease(&redeemable.lease, clock::moment(), CODE_LIFETIME).await? {
        Lease::First(_) => {}
        Lease::Taken => return Err(EmbeddingError::Used.into()),
        Lease::NoRoom => return Err(SignInError::NoRoom),
    }
    session::take_over(context, &site, CookiePlacement::Partitioned, &redeemable.ticket).await;
    Ok(())
}

/// Whether a request comes from our own pages. Trusted origins are not ours: they get no session here.
pub(crate) fn own_origin(context: &RequestContext<'_>) -> Result<(), ForeignRequest> {
    let site = context.site().ok_or(ForeignRequest::Unknown)?;
    same_origin::judge(context.source(), &site.origin, &[])
}

/// Whether a person opens a page in a frame, where a redirect to the provider would show nothing.
pub(crate) fn asks(request: &Request) -> bool {
    *request.method() == Method::GET && request_facts::is_in_frame(request)
}

/// "Not signed in", with the button that opens the window.
pub(crate) fn refuse(context: &RequestContext<'_>) -> Refused {
    let application = context.application();
    let refusal = context.findings.nobody();
    let reason = refusal.reason();
    let mut failure = failure::describe(context, reason, Diagnosis::of(&refusal, reason));
    if let NotAdmitted::SessionLost(lost) = refusal {
        failure::note_lost(application, lost, &failure, None);
    }
    // A link would lead the frame to the provider.
    failure.retry = None;
    let button = "<div class=\"actions\"><button class=\"action\" data-azure-auth=\"sign-in\">Sign in</button></div>";
    Refused::in_frame(failure, format!("{button}\n{}", script_element(context)), &application.pages)
}

/// `/login` in a frame: on to where it leads for whoever is signed in, the same page for everybody else.
pub(crate) async fn login(context: &RequestContext<'_>) -> Result<Response, Refused> {
    if authentication::session(context).await?.is_none() {
        return Err(refuse(context));
    }
    let wanted = request_facts::parameter(context.request, "return_to").unwrap_or_default();
    let return_to = context.addresses().return_to(&wanted);
    Ok(Response::builder().status(StatusCode::SEE_OTHER).header(LOCATION, return_to.as_ref()).finish())
}

/// The script, for pages of ours. Paths are made of letters that need no escaping.
pub(crate) fn script_element(context: &RequestContext<'_>) -> String {
    let path = context.addresses().path(&context.application().configuration.paths.session);
    format!("<script src=\"{path}{}\"></script>\n", Embedding::SCRIPT)
}
