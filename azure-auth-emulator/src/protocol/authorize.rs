//! The authorization endpoint: it finds out who the person is and whether they agree, and sends them back with a code.

use std::time::Instant;

use poem::Response;
use poem::http::header::{HeaderValue, SET_COOKIE};

use super::authorization_request::{self, read_prompt};
use super::authorization_response::{complete, error_pairs, send_back};
use super::consent;
use super::relying_party::RelyingParty;
use crate::directory::application::Application;
use crate::directory::authority::Authority;
use crate::directory::user::User;
use crate::exchange::call::{Call, SESSION_COOKIE};
use crate::exchange::pages;
use crate::faults::entra_error::EntraError;
use crate::memory::claims_request::ClaimsRequest;
use crate::memory::consents::Asking;
use crate::memory::front_channel::FrontChannelRequest;
use crate::memory::issued::Grant;
use crate::memory::session::Session;
use crate::memory::state::State;
use crate::tokens::issuer;

/// `GET` with an authorization request shows the account page, or goes straight back where a session is enough.
/// `POST` with the same parameters as form fields is what the account page sends: `account` holds the user name, or
/// `cancel` is there, and after the consent page `consent`. A form of another page may begin a sign-in in this way as
/// well, but cannot press a button by it.
pub(crate) fn answer(state: &State, authority: &Authority, call: &Call) -> Response {
    let party = match RelyingParty::find(state, call) {
        Ok(party) => party,
        Err(error) => return pages::error(&error),
    };
    let (pairs, cookie) = match decide(state, authority, &party, call) {
        Err(Stop::Page(page)) => return *page,
        Err(Stop::Refusal(error)) => (error_pairs(&error), None),
        Ok(agreed) => {
            let (session, cookie) = continue_or_begin_session(state, call, agreed.user);
            (vec![("code", issue_code(state, authority, &party, call, agreed, &session))], cookie)
        }
    };
    let pairs = complete(state, authority, call, pairs);
    let mut response = send_back(call, party.redirect_uri, &pairs);
    if let Some(cookie) = cookie {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    response
}

/// A person who may sign in here and agrees to it.
struct Agreed<'s> {
    user: &'s User,
    tenant: String,
}

/// Why the application does not get a code, or not yet.
enum Stop {
    /// A person has to do something first, or nothing may go back to the application.
    Page(Box<Response>),
    /// The application is told of it.
    Refusal(EntraError),
}

impl Stop {
    fn page(page: Response) -> Self {
        Self::Page(Box::new(page))
    }
}

impl From<EntraError> for Stop {
    fn from(error: EntraError) -> Self {
        Self::Refusal(error)
    }
}

fn decide<'s>(
    state: &'s State,
    authority: &Authority,
    party: &RelyingParty<'_, '_>,
    call: &Call,
) -> Result<Agreed<'s>, Stop> {
    authorization_request::check(state, authority, party.platform, call)?;
    if let Some(button) = call.pressed("cancel") {
        return Err(consent::declined(button).into());
    }
    let prompt = read_prompt(call)?;
    let signed_in = find_signed_in(state, authority, call, prompt)?;
    let user = match call.pressed("account") {
        Some(name) => state.directory.user_by_name(name).ok_or_else(unknown_user)?,
        None => match signed_in.filter(|user| !asks_again(prompt) && fits_hint(call, user)) {
            Some(user) => user,
            None => return Err(ask_who_it_is(state, authority, party.application, call, prompt)),
        },
    };
    let tenant = authority.tenant_of(user).ok_or_else(unknown_in_tenant)?;
    if party.application.requires_assignment && !user.is_assigned {
        return Err(not_assigned(party.application, user).into());
    }
    let asking = Asking { directory: &state.directory, client: party.application, tenant: &tenant, user };
    match consent::decide(state, authority, asking, prompt, call)? {
        Some(page) => Err(Stop::page(page)),
        None => Ok(Agreed { user, tenant }),
    }
}

/// The person whose session the browser has, if the application means this session and this person.
fn find_signed_in<'s>(
    state: &'s State,
    authority: &Authority,
    call: &Call,
    prompt: &str,
) -> Result<Option<&'s User>, EntraError> {
    let session = call.session.as_deref().and_then(|cookie| state.session(cookie));
    let session = session.filter(|session| fits_sid(call, session));
    let signed_in = session.and_then(|session| state.directory.user_by_name(&session.user_name));
    // A person is signed in, but is a stranger in this tenant: another account is needed, and no page may ask for it.
    if prompt == "none" && signed_in.is_some_and(|user| authority.tenant_of(user).is_none()) {
        let text = "User account from identity provider does not exist in tenant and cannot access the application.";
        return Err(EntraError::new("interaction_required", 16000, text));
    }
    Ok(signed_in.filter(|user| authority.tenant_of(user).is_some() && call.is_for_domain_of(user)))
}

fn asks_again(prompt: &str) -> bool {
    matches!(prompt, "login" | "select_account")
}

fn fits_hint(call: &Call, user: &User) -> bool {
    call.parameter("login_hint").is_none_or(|hint| user.is_hinted_at_by(hint))
}

/// An application may name the session that it knows the person from.
fn fits_sid(call: &Call, session: &Session) -> bool {
    call.parameter("sid").is_none_or(|sid| sid == session.sid)
}

/// Shows the account page, unless the application wants no page.
fn ask_who_it_is(state: &State, authority: &Authority, application: &Application, call: &Call, prompt: &str) -> Stop {
    if prompt == "none" {
        let text = "Session information is not sufficient for single-sign-on.";
        return EntraError::new("login_required", 50058, text).into();
    }
    Stop::page(pages::accounts(state, authority, application, call))
}

fn unknown_user() -> Stop {
    let text = "The user account does not exist in the directory.";
    Stop::page(pages::error(&EntraError::new("invalid_request", 50034, text)))
}

fn unknown_in_tenant() -> Stop {
    let text = "Selected user account does not exist in tenant and cannot access the application in that tenant.";
    Stop::page(pages::error(&EntraError::new("invalid_request", 50020, text)))
}

/// The real text holds the person's address, and so does this one: relying parties must not repeat it.
fn not_assigned(application: &Application, user: &User) -> EntraError {
    let text = format!(
        "Your administrator has configured the application {} to block users unless they are specifically granted access. The signed in user '{}' is blocked.",
        application.name, user.user_name
    );
    EntraError::new("interaction_required", 50105, text)
}

/// One person in one browser has one session, however often they are asked who they are; another person gets another
/// session. It comes with its cookie if it is new to this browser.
fn continue_or_begin_session(state: &State, call: &Call, user: &User) -> (Session, Option<HeaderValue>) {
    let known = call.session.as_deref().and_then(|cookie| state.session(cookie));
    if let Some(session) = known.filter(|session| session.user_name == user.user_name) {
        return (session, None);
    }
    let session = state.begin_session(&user.user_name);
    let cookie = session_cookie(&session.cookie);
    (session, cookie)
}

fn session_cookie(session: &str) -> Option<HeaderValue> {
    HeaderValue::from_str(&format!("{SESSION_COOKIE}={session}; Path=/; HttpOnly; SameSite=Lax")).ok()
}

fn issue_code(
    state: &State,
    authority: &Authority,
    party: &RelyingParty<'_, '_>,
    call: &Call,
    agreed: Agreed<'_>,
    session: &Session,
) -> String {
    let grant = Grant {
        authority: authority.clone(),
        tenant: agreed.tenant,
        user: agreed.user.clone(),
        sid: session.sid.clone(),
        client_id: party.application.client_id.clone(),
        redirect_uri: party.redirect_uri.to_owned(),
        platform: party.platform,
        scope: call.parameter("scope").unwrap_or_default().to_owned(),
        nonce: call.parameter("nonce").map(ToOwned::to_owned),
        code_challenge: call.parameter("code_challenge").map(ToOwned::to_owned),
        // It was checked with the rest of the request.
        claims: call.parameter("claims").and_then(|claims| ClaimsRequest::parse(claims).ok()).unwrap_or_default(),
        issued: Instant::now(),
        is_used: false,
    };
    if let Some(request) = front_channel_request(state, party.application, &grant) {
        state.remember_to_tell(&session.cookie, request);
    }
    state.issued.issue_code(grant)
}

/// What tells the application that the session is over, if it wants to know.
fn front_channel_request(state: &State, application: &Application, grant: &Grant) -> Option<FrontChannelRequest> {
    Some(FrontChannelRequest {
        logout_url: application.front_channel_logout_url_beside(&grant.redirect_uri)?,
        issuer: issuer::issuer_of_tokens(state, &grant.authority, &grant.tenant),
        sid: grant.sid.clone(),
    })
}
