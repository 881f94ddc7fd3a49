//! The way back: from the provider's answer to a session.

use poem::http::header::{HeaderValue, LOCATION};
use poem::http::{Method, StatusCode};
use poem::{Request, Response};
use secrecy::{ExposeSecret, SecretString};

use super::answer::{self, SignInError};
use super::application::Application;
use super::events::SignIn;
use super::refused::Refused;
use super::request_cell::RequestCell;
use super::site::Site;
use super::{popup, request_facts, rounds, session, sign_out};
use crate::io::session_store::Lease;
use crate::io::token_endpoint::{self, RedeemedTokens, RedemptionError};
use crate::io::{clock, entropy, user_info};
use crate::model::session::{SessionId, SessionRecord};
use crate::model::sign_in_attempt::SignInAttempt;
use crate::rules::authorization_request::attempt_name;
use crate::rules::authorization_response::{
    self, ATTEMPT_LIFETIME, AcceptedCode, AuthorizationResponse, CallbackError,
};
use crate::rules::id_token::{self, Expectations, IdTokenError, ValidatedIdToken};
use crate::rules::session_record::{self, Birth};
use crate::rules::signature::{SignatureError, SignedToken};

/// `GET /authorization-code/callback`: the provider's answer, carried by the browser.
pub(crate) async fn callback(cell: &RequestCell, request: &Request) -> Result<Response, Refused> {
    if *request.method() != Method::GET {
        return Ok(StatusCode::METHOD_NOT_ALLOWED.into());
    }
    match answered(cell, request).await {
        Ok(Some(Arrival::Here(return_to))) => Ok(see(&return_to)),
        Ok(Some(Arrival::Frame(code))) => Ok(popup::hand_over(cell.application(), request, &code)),
        // The provider sends browsers back here after sign-out as well: it is the one address it surely knows.
        Ok(None) => sign_out::landing(cell, request).await,
        Err(Stopped { error, return_to, is_for_frame }) => {
            // The person went ahead in another tab, or pressed "back": what they wanted has happened.
            if error.is_known_answer() && matches!(session::of(cell, request).await, Ok(Some(_))) {
                return Ok(see(&return_to));
            }
            let mut refused = answer::sign_in_failed(cell.application(), request, &error);
            if is_for_frame {
                refused = refused.without_retry();
            }
            cell.application().events.refused(refused.code()).await;
            Err(refused)
        }
    }
}

/// A sign-in that ended here, and where it wanted to go.
struct Stopped {
    error: SignInError,
    return_to: String,
    is_for_frame: bool,
}

/// A sign-in that ended well.
enum Arrival {
    /// With a session of this browser, which goes on to a path of ours.
    Here(String),
    /// With the code for the frame that opened this window. The session belongs to the frame, in the part of the
    /// browser's cookies that its site has: were it the browser's own as well, people would sign in to a portal's tab
    /// and be signed in everywhere, without a word.
    Frame(String),
}

impl<E: Into<SignInError>> From<E> for Stopped {
    fn from(error: E) -> Self {
        Self { error: error.into(), return_to: "/".to_owned(), is_for_frame: false }
    }
}

async fn answered(cell: &RequestCell, request: &Request) -> Result<Option<Arrival>, Stopped> {
    let application = cell.application();
    if !application.signs_in() {
        return Err(SignInError::NoSecret.into());
    }
    let site = application.site(request).ok_or(SignInError::Host)?;
    let query = request_facts::whole_uri(request).query().unwrap_or_default();
    let Some(response) = authorization_response::read(query)? else { return Ok(None) };
    let (cookie, attempt) = find_attempt(cell, request, &site, &response)?;
    let outcome = arrived(cell, request, &site, response, &attempt).await;
    // Whoever was only turned away can come again with the same answer: nobody has seen its code.
    if !outcome.as_ref().is_err_and(SignInError::is_for_later) {
        cell.delete_cookie(&cookie, site.names.is_secure);
    }
    outcome.map(Some).map_err(|error| {
        let is_for_frame = attempt.frame.is_some();
        Stopped { error, return_to: attempt.return_to, is_for_frame }
    })
}

/// A session, kept where it belongs.
async fn arrived(
    cell: &RequestCell,
    request: &Request,
    site: &Site,
    response: AuthorizationResponse,
    attempt: &SignInAttempt,
) -> Result<Arrival, SignInError> {
    let record = signed_in(cell, site, response, attempt).await?;
    let user = record.identity.id.clone();
    let arrival = if let Some(frame) = attempt.frame {
        Arrival::Frame(popup::begin(cell, site, record, frame).await?)
    } else {
        session::begin(cell, request, site, record).await?;
        rounds::note(cell, request, site);
        Arrival::Here(attempt.return_to.clone())
    };
    tracing::info!(target: "azure_auth::session", event = "signed-in", user = %user.loggable(), "a person signed in");
    Ok(arrival)
}

/// The attempt of this browser that the state names, and the name of its cookie. One that does not open goes at once.
fn find_attempt(
    cell: &RequestCell,
    request: &Request,
    site: &Site,
    response: &AuthorizationResponse,
) -> Result<(String, SignInAttempt), CallbackError> {
    let missing = CallbackError::AttemptMissing;
    let name = site.names.attempt(attempt_name(&response.state).ok_or(missing.clone())?);
    let value = request_facts::cookie(request, &name).ok_or(missing.clone())?;
    let plain = cell.application().attempt_keys.as_ref().and_then(|keys| keys.open(&name, value).ok());
    let attempt = plain.and_then(|plain| SignInAttempt::from_bytes(&plain));
    // One authority's code is not for another one to see.
    let Some(attempt) = attempt.filter(|attempt| attempt.authority == cell.application().authority) else {
        cell.delete_cookie(&name, site.names.is_secure);
        return Err(missing);
    };
    Ok((name, attempt))
}

/// From a judged response to the record of a new session.
async fn signed_in(
    cell: &RequestCell,
    site: &Site,
    response: AuthorizationResponse,
    attempt: &SignInAttempt,
) -> Result<SessionRecord, SignInError> {
    let application = cell.application();
    let snapshot = application.provider.snapshot().await?;
    let code = authorization_response::judge(response, attempt, &snapshot.metadata, clock::now())?;
    let Proven { mut id_token, names_by } = redeemed_once(cell, site, code, attempt).await?;
    // As soon as the person is proven: whatever ends their sessions from now on ends this one too.
    let store = application.sessions.as_ref().ok_or(SignInError::NoSecret)?;
    let beginning = store.begin(id_token.user(), id_token.provider_session()).await?;
    if let Some(access_token) = names_by {
        ask_for_names(application, &mut id_token, &access_token).await;
    }

    let [first, second] = [entropy::random()?, entropy::random()?].map(u64::from_be_bytes);
    let lifetimes = application.configuration.lifetimes;
    let birth =
        Birth { id: SessionId([first, second]), beginning, authority: application.authority, now: clock::now() };
    let record = session_record::begin(id_token, &cell.mounted.table.groups, lifetimes, birth);
    let mut sign_in = SignIn::new(record);
    application.events.signed_in(&mut sign_in).await.map_err(SignInError::Vetoed)?;
    Ok(sign_in.into_record())
}

/// A person who is proven, and what may be used to ask what they are called.
struct Proven {
    id_token: ValidatedIdToken,
    /// Where the profile was granted.
    names_by: Option<SecretString>,
}

/// Redeems the code of an attempt that nobody answered before, here or at another replica.
///
/// A callback needs no account, only an attempt, which anybody gets: what one holds here is held until the provider has
/// spoken, and not longer if it refuses the code.
async fn redeemed_once(
    cell: &RequestCell,
    site: &Site,
    code: AcceptedCode,
    attempt: &SignInAttempt,
) -> Result<Proven, SignInError> {
    let application = cell.application();
    let store = application.sessions.as_ref().ok_or(SignInError::NoSecret)?;
    let _place = application.provider.place_at_token_endpoint().ok_or(SignInError::Busy)?;
    let name = attempt.state();
    // Before the exchange: the second of two equal callbacks must not reach the provider.
    match store.lease(&name, clock::moment(), ATTEMPT_LIFETIME).await? {
        Lease::First => {}
        Lease::Taken => return Err(CallbackError::AttemptUsed.into()),
        Lease::NoRoom => return Err(SignInError::NoRoom),
    }
    let outcome = redeemed(cell, site, code, attempt).await;
    if let Err(SignInError::Redemption(error)) = &outcome
        && error.is_sure()
    {
        // Otherwise it is over with its time.
        let _ = store.release(&name).await;
    }
    outcome
}

async fn redeemed(
    cell: &RequestCell,
    site: &Site,
    code: AcceptedCode,
    attempt: &SignInAttempt,
) -> Result<Proven, SignInError> {
    let application = cell.application();
    let configuration = &application.configuration;
    let provider = &application.provider;
    let mut snapshot = provider.snapshot().await?;
    let redirect_uri = application.redirect_uri(site);
    let RedeemedTokens { id_token, access_token, grants_profile } = token_endpoint::redeem(
        &provider.transport,
        &snapshot.metadata,
        &configuration.client,
        &redirect_uri,
        code,
        attempt,
    )
    .await?;

    let nonce = attempt.nonce();
    // Read once, however often keys are fetched for it.
    let signed = SignedToken::read(id_token.expose_secret()).map_err(IdTokenError::from)?;
    let judge = |snapshot: &crate::io::provider::Snapshot| {
        let expected = Expectations {
            metadata: &snapshot.metadata,
            is_entra: configuration.authority.is_entra(),
            client_id: &configuration.client.id,
            tenants: &configuration.tenants,
            nonce: &nonce,
            access_token: access_token.expose_secret(),
            keep: &configuration.keep_claims,
        };
        id_token::validate(&signed, snapshot.keys.at(clock::moment()), &expected, clock::now())
    };
    // A token without `kid` cannot say that its key is a new one: only its signature does.
    let may_be_of_new_key = |error: &SignatureError| match error {
        SignatureError::KeyUnknown => true,
        SignatureError::Signature => signed.key_id().is_none(),
        _ => false,
    };
    let outcome = match judge(&snapshot) {
        // The provider may have changed its keys since they were fetched.
        Err(IdTokenError::Signature(error)) if may_be_of_new_key(&error) => {
            snapshot = provider.snapshot_after(&snapshot, signed.key_id().unwrap_or_default()).await;
            judge(&snapshot)
        }
        outcome => outcome,
    };
    let id_token = outcome?;
    for name in id_token.unused() {
        if provider.is_first_time(name) {
            tracing::warn!(
                target: "azure_auth::provider",
                claim = name,
                "the ID tokens of this provider have a claim of another type than expected; it is not used"
            );
        }
    }
    Ok(Proven { id_token, names_by: grants_profile.then_some(access_token) })
}

/// Asks the provider what the person is called, where the ID token does not say. Without an answer the sign-in goes on.
async fn ask_for_names(application: &Application, id_token: &mut ValidatedIdToken, access_token: &SecretString) {
    let provider = &application.provider;
    if let Some(snapshot) = provider.known_snapshot()
        && let Some(address) = &snapshot.metadata.user_info_endpoint
        && let Some(subject) = id_token.nameless_subject()
    {
        match user_info::ask(&provider.transport, address, access_token, subject).await {
            Ok(names) => id_token.add(names),
            Err(error) => provider.note_nameless(&error),
        }
    }
}

impl SignInError {
    /// Nobody has looked at the answer yet: the same one may be followed later.
    fn is_for_later(&self) -> bool {
        matches!(self, Self::NoRoom | Self::Busy)
    }

    /// The answer was followed before, by this process or by another tab.
    fn is_known_answer(&self) -> bool {
        match self {
            Self::Callback(CallbackError::AttemptMissing | CallbackError::AttemptUsed) => true,
            Self::Redemption(RedemptionError::Refused(error)) => error.is_spent_code(),
            _ => false,
        }
    }
}

/// Goes on to a path of our own.
fn see(path: &str) -> Response {
    let location = HeaderValue::from_str(path).unwrap_or(HeaderValue::from_static("/"));
    Response::builder().status(StatusCode::SEE_OTHER).header(LOCATION, location).finish()
}

#[cfg(test)]
#[path = "callback_tests.rs"]
mod tests;
