//! The authorization endpoint: who is it, do they agree, and back with a code.

use std::time::Instant;

use poem::Response;
use poem::http::header::{HeaderValue, SET_COOKIE};
use url::Url;
use url::form_urlencoded;

use crate::directory::application::Application;
use crate::directory::authority::Authority;
use crate::directory::platform::Platform;
use crate::directory::scopes::Scopes;
use crate::directory::user::User;
use crate::exchange::answer::redirect;
use crate::exchange::call::{Call, SESSION_COOKIE};
use crate::exchange::pages;
use crate::faults::defect::Defect;
use crate::faults::entra_error::EntraError;
use crate::memory::front_channel::FrontChannelRequest;
use crate::memory::session::Session;
use crate::memory::state::{Grant, State};
use crate::tokens::issuer;

/// `GET` with an authorization request shows the account page, or goes straight back where a session is enough.
/// `POST` with the same parameters as form fields is what the account page sends: `account` holds the user name, or
/// `cancel` is there, and after the consent page `consent`. A form of another page may begin a sign-in in this way as
/// well, and presses no button by it.
pub(crate) fn answer(state: &State, authority: &Authority, call: &Call) -> Response {
    let client_id = call.parameter("client_id").unwrap_or_default();
    let Some(application) = state.directory.application_by_id(client_id) else {
        let text = format!("Application with identifier '{client_id}' was not found in the directory.");
        return pages::error(&EntraError::new("unauthorized_client", 700_016, text));
    };
    let redirect_uri = call.parameter("redirect_uri").unwrap_or_default();
    let Some(platform) = application.platform(redirect_uri) else {
        return pages::error(&application.unknown_redirect_uri(redirect_uri));
    };
    let (pairs, cookie) = match decide(state, authority, application, platform, call) {
        Decision::Page(page) => return page,
        Decision::Refused(error) => (error_pairs(&error), None),
        Decision::Agreed { user, tenant } => {
            let (session, cookie) = go_on_or_begin(state, call, &user);
            let grant = Grant {
                authority: authority.clone(),
                tenant,
                user,
                sid: session.sid,
                client_id: client_id.to_owned(),
                redirect_uri: redirect_uri.to_owned(),
                platform,
                scope: call.parameter("scope").unwrap_or_default().to_owned(),
                nonce: call.parameter("nonce").map(ToOwned::to_owned),
                code_challenge: call.parameter("code_challenge").map(ToOwned::to_owned),
                issued: Instant::now(),
                is_used: false,
            };
            if let Some(request) = front_channel_request(state, application, &grant) {
                state.tell_at_the_end(&session.cookie, request);
            }
            (vec![("code", state.issue_code(grant))], cookie)
        }
    };
    let pairs = with_defects(state, authority, call, pairs);
    let mut response = back(call.parameter("response_mode").unwrap_or("query"), redirect_uri, &pairs);
    if let Some(cookie) = cookie {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    response
}

enum Decision {
    Page(Response),
    Refused(EntraError),
    Agreed { user: User, tenant: String },
}

fn decide(
    state: &State,
    authority: &Authority,
    application: &Application,
    platform: Platform,
    call: &Call,
) -> Decision {
    if let Err(error) = request(platform, call).and_then(|()| scopes(state, authority, call)) {
        return Decision::Refused(error);
    }
    if call.pressed("cancel").is_some() {
        return Decision::Refused(EntraError::new(
            "access_denied",
            65004,
            "User declined to consent to access the app.",
        ));
    }
    let prompt = call.parameter("prompt").unwrap_or_default();
    if !matches!(prompt, "" | "none" | "login" | "consent" | "select_account") {
        return Decision::Refused(EntraError::new("invalid_request", 90023, "Unsupported 'prompt' value."));
    }
    let session = call.session.as_deref().and_then(|cookie| state.session(cookie));
    let session = session.filter(|session| sid_fits(call, session));
    let signed_in = session.and_then(|session| state.directory.user_by_name(&session.user_name));
    // Somebody is there, and is a stranger in this tenant: another account is needed, and nobody may be asked for it.
    if prompt == "none" && signed_in.is_some_and(|user| authority.tenant_of(user).is_none()) {
        let text = "User account from identity provider does not exist in tenant and cannot access the application.";
        return Decision::Refused(EntraError::new("interaction_required", 16000, text));
    }
    let signed_in = signed_in.filter(|user| authority.tenant_of(user).is_some() && call.is_for_domain_of(user));

    let user = match (call.pressed("account"), signed_in) {
        (Some(name), _) => match state.directory.user_by_name(name) {
            Some(user) => user,
            None => {
                return Decision::Page(pages::error(&EntraError::new(
                    "invalid_request",
                    50034,
                    "The user account does not exist in the directory.",
                )));
            }
        },
        (None, Some(user)) if !matches!(prompt, "login" | "select_account") && hint_fits(call, user) => user,
        (None, _) if prompt == "none" => {
            let text = "Session information is not sufficient for single-sign-on.";
            return Decision::Refused(EntraError::new("login_required", 50058, text));
        }
        (None, _) => return Decision::Page(pages::accounts(state, authority, application, call)),
    };
    let Some(tenant) = authority.tenant_of(user) else {
        let text = "Selected user account does not exist in tenant and cannot access the application in that tenant.";
        return Decision::Page(pages::error(&EntraError::new("invalid_request", 50020, text)));
    };
    if application.requires_assignment && !user.is_assigned {
        return Decision::Refused(not_assigned(application, user));
    }
    if prompt == "consent" && call.pressed("consent").is_none() {
        return Decision::Page(pages::consent(application, user, call));
    }
    Decision::Agreed { user: user.clone(), tenant }
}

/// However often people are asked who they are, it is one session, and somebody else's is another. With it goes its
/// cookie, if it is new to this browser.
fn go_on_or_begin(state: &State, call: &Call, user: &User) -> (Session, Option<HeaderValue>) {
    let known = call.session.as_deref().and_then(|cookie| state.session(cookie));
    if let Some(session) = known.filter(|session| session.user_name == user.user_name) {
        return (session, None);
    }
    let session = state.begin_session(&user.user_name);
    let cookie = cookie(&session.cookie);
    (session, cookie)
}

/// What tells the application, if it wants to know, that the session is over.
fn front_channel_request(state: &State, application: &Application, grant: &Grant) -> Option<FrontChannelRequest> {
    Some(FrontChannelRequest {
        logout_url: application.front_channel_logout_url_beside(&grant.redirect_uri)?,
        issuer: issuer::issuer_of_tokens(state, &grant.authority, &grant.tenant),
        sid: grant.sid.clone(),
    })
}

fn request(platform: Platform, call: &Call) -> Result<(), EntraError> {
    if call.parameter("response_type") != Some("code") {
        let text = "response_type 'id_token' is not enabled for the application";
        return Err(EntraError::new("unsupported_response_type", 700_054, text));
    }
    let mode = call.parameter("response_mode").unwrap_or("query");
    if !matches!(mode, "query" | "form_post" | "fragment") {
        return Err(EntraError::new("invalid_request", 70007, "The response_mode is not supported."));
    }
    let scope = call.parameter("scope").unwrap_or_default();
    if scope.is_empty() {
        return Err(EntraError::new(
            "invalid_request",
            900_144,
            "The request body must contain the following parameter: 'scope'.",
        ));
    }
    if call.parameter("sid").is_some() && call.parameter("login_hint").is_some() {
        let text = "The request isn't valid because the identifier and login hint can't be used together.";
        return Err(EntraError::new("invalid_request", 90005, text));
    }
    let challenge = call.parameter("code_challenge");
    platform.check_challenge(challenge)?;
    let Some(challenge) = challenge else { return Ok(()) };
    if !(43..=128).contains(&challenge.len()) {
        let text = "The size of the code_challenge parameter is not valid.";
        return Err(EntraError::new("invalid_request", 50147, text));
    }
    if call.parameter("code_challenge_method") != Some("S256") {
        let text = "Invalid request. The code_challenge_method is not supported.";
        return Err(EntraError::new("invalid_request", 9_002_313, text));
    }
    Ok(())
}

/// Several APIs may be named here, if they all exist.
fn scopes(state: &State, authority: &Authority, call: &Call) -> Result<(), EntraError> {
    match authority {
        Authority::Plain => Ok(()),
        _ => Scopes::parse(call.parameter("scope").unwrap_or_default(), &state.directory).map(drop),
    }
}

fn hint_fits(call: &Call, user: &User) -> bool {
    call.parameter("login_hint").is_none_or(|hint| user.is_hinted_at_by(hint))
}

/// An application may name the session that it knows the person from.
fn sid_fits(call: &Call, session: &Session) -> bool {
    call.parameter("sid").is_none_or(|sid| sid == session.sid)
}

/// The real text holds the person's address, and so does this one: relying parties must not repeat it.
fn not_assigned(application: &Application, user: &User) -> EntraError {
    let text = format!(
        "Your administrator has configured the application {} to block users unless they are specifically granted access. The signed in user '{}' is blocked.",
        application.name, user.user_name
    );
    EntraError::new("interaction_required", 50105, text)
}

fn error_pairs(error: &EntraError) -> Vec<(&'static str, String)> {
    vec![("error", error.error.to_owned()), ("error_description", error.description())]
}

/// The response with everything that the defects change about it.
fn with_defects(
    state: &State,
    authority: &Authority,
    call: &Call,
    pairs: Vec<(&'static str, String)>,
) -> Vec<(&'static str, String)> {
    let forced = [
        (
            Defect::ErrorNotAssigned,
            EntraError::new(
                "access_denied",
                50105,
                "The signed in user 'adele@contoso.test' is not assigned to a role for the application.",
            ),
        ),
        (
            Defect::ErrorConditionalAccess,
            EntraError::new("access_denied", 53003, "Access has been blocked by Conditional Access policies."),
        ),
    ];
    let forced = forced.iter().find(|(defect, _)| state.has(*defect));
    let mut pairs = match forced {
        Some((_, error)) => error_pairs(error),
        None if state.has(Defect::ErrorWithScript) => {
            let script = "<script>alert(1)</script>".to_owned();
            vec![("error", script.clone()), ("error_description", format!("{script}\"'><img src=x onerror=alert(1)>"))]
        }
        None => pairs,
    };
    if state.has(Defect::CodeMissing) {
        pairs.retain(|(name, _)| *name != "code");
    }
    if state.has(Defect::CodeDuplicated) {
        pairs.push(("code", "another".to_owned()));
    }

    let asked = call.parameter("state").map(ToOwned::to_owned);
    if state.has(Defect::StateWrong) {
        pairs.push(("state", "x".repeat(43)));
    } else if !state.has(Defect::StateMissing) {
        pairs.extend(asked.clone().map(|asked| ("state", asked)));
    }
    if state.has(Defect::StateDuplicated) {
        pairs.extend(asked.map(|asked| ("state", asked)));
    }
    pairs.push(("session_state", "007d8f10-0000-4000-8000-000000000000".to_owned()));
    if state.has(Defect::IssuerParameterWrong) {
        pairs.push(("iss", "https://other.example/v2.0".to_owned()));
    } else if *authority == Authority::Plain && state.plain.issuer_in_response {
        pairs.push(("iss", issuer::issuer(state, authority)));
    }
    pairs
}

fn back(mode: &str, redirect_uri: &str, pairs: &[(&str, String)]) -> Response {
    let encoded = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    match (mode, Url::parse(redirect_uri)) {
        ("form_post", _) => pages::form_post(redirect_uri, pairs),
        ("fragment", _) => redirect(&format!("{redirect_uri}#{encoded}")),
        (_, Ok(mut address)) => {
            address.query_pairs_mut().extend_pairs(pairs);
            redirect(address.as_str())
        }
        (_, Err(_)) => redirect(&format!("{redirect_uri}?{encoded}")),
    }
}

fn cookie(session: &str) -> Option<HeaderValue> {
    HeaderValue::from_str(&format!("{SESSION_COOKIE}={session}; Path=/; HttpOnly; SameSite=Lax")).ok()
}
