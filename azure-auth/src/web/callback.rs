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
use super::sign_in::{self, Asker, Wanted};
use super::site::Site;
use super::{popup, request_facts, rounds, session, sign_out, unasked};
use crate::io::session_store::Lease;
use crate::io::token_endpoint::{self, RedeemedTokens, RedemptionError};
use crate::io::{clock, entropy, user_info};
use crate::model::session::{SessionId, SessionRecord};
use crate::model::sign_in_attempt::SignInAttempt;
use crate::rules::authorization_response::{
    self, ATTEMPT_LIFETIME, AcceptedCode, Arrival, AuthorizationResponse, CallbackError, Unasked,
};
use crate::rules::id_token::{self, Expectations, IdTokenError, ValidatedIdToken};
use crate::rules::session_record::{self, Birth};
use crate::rules::sign_in_state::{self, NotThisBrowser, OwnAttempt};
use crate::rules::signature::{SignatureError, SignedToken};

/// `GET /authorization-code/callback`: the provider's answer, carried by the browser.
pub(crate) async fn callback(cell: &RequestCell, request: &Request) -> Result<Response, Refused> {
    if *request.method() != Method::GET {
        return Ok(StatusCode::METHOD_NOT_ALLOWED.into());
    }
    if request_facts::is_ahead(request) {
        return Ok(sign_in::not_ahead());
    }
    match answered(cell, request).await {
        Ok(Outcome::Here(return_to)) => Ok(see(&return_to)),
        Ok(Outcome::Frame(code)) => Ok(popup::hand_over(cell.application(), &code)),
        Ok(Outcome::Anew(wanted)) => {
            let outcome = match sign_in::too_many_rounds(cell, request, &Asker::of(cell, request)) {
                Some(error) => Err(answer::sign_in_failed(cell.application(), request, &error)),
                None => sign_in::go(cell, request, wanted).await,
            };
            if let Err(refused) = &outcome {
                cell.application().events.refused(refused.code()).await;
            }
            outcome
        }
        // The provider sends browsers back here after sign-out as well: it is the one address it surely knows.
        Ok(Outcome::Nothing) => match sign_out::way_on(cell, request) {
            Some(response) => Ok(response),
            None => sign_out::landing(cell, request).await,
        },
        Ok(Outcome::Unasked(unasked)) => unasked::answer(cell, request, unasked).await,
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

/// What becomes of an answer.
enum Outcome {
    /// The browser goes on to a path of ours: with a new session, or with what it has.
    Here(String),
    /// With the code for the frame that opened this window. The session belongs to the frame, in the part of the
    /// browser's cookies that its site has: were it the browser's own as well, people would sign in to a portal's tab
    /// and be signed in everywhere, without a word.
    Frame(String),
    /// The same sign-in begins once more, in this browser.
    Anew(Wanted),
    Nothing,
    Unasked(Unasked),
}

impl<E: Into<SignInError>> From<E> for Stopped {
    fn from(error: E) -> Self {
        Self { error: error.into(), return_to: "/".to_owned(), is_for_frame: false }
    }
}

impl Stopped {
    fn of(attempt: SignInAttempt, error: SignInError) -> Self {
        Self { error, is_for_frame: attempt.frame.is_some(), return_to: attempt.return_to }
    }
}

async fn answered(cell: &RequestCell, request: &Request) -> Result<Outcome, Stopped> {
    let application = cell.application();
    if !application.signs_in() {
        return Err(SignInError::NoSecret.into());
    }
    let site = application.site(request).ok_or(SignInError::Host)?;
    let query = request_facts::whole_uri(request).query().unwrap_or_default();
    let response = match authorization_response::read(query)? {
        Arrival::Nothing => return Ok(Outcome::Nothing),
        Arrival::Unasked(unasked) => return Ok(Outcome::Unasked(unasked)),
        Arrival::Answer(response) => response,
    };
    let keys = application.attempt_keys.as_ref().ok_or(SignInError::NoSecret)?;
    let name = site.names.sign_in();
    let attempt = sign_in_state::open(&response.state, keys, name)
        // One authority's code is not for another one to see.
        .filter(|attempt| attempt.authority == application.authority);
    let Some(attempt) = attempt else { return stray(&response) };
    let own = match sign_in_state::bind(&attempt, request_facts::cookie(request, name)) {
        Ok(own) => own,
        Err(NotThisBrowser { may_begin_anew }) => {
            return elsewhere(cell, request, &response, attempt, may_begin_anew).await;
        }
    };
    match arrived(cell, request, &site, response, own).await {
        Ok(outcome) => Ok(outcome),
        Err(SignInError::Callback(CallbackError::NeedsAPerson)) => {
            rounds::note_silent(cell, request, &site);
            Ok(Outcome::Here(attempt.return_to))
        }
        // Of two equal answers of this very browser, one fetched ahead and the page, the first is the one that counts. On
        // with the second, even where its request left before the session came. It cannot go round: every round is another
        // attempt.
        Err(SignInError::Callback(CallbackError::AttemptUsed)) if attempt.frame.is_none() => {
            Ok(Outcome::Here(attempt.return_to))
        }
        Err(error) => Err(Stopped::of(attempt, error)),
    }
}

/// An answer whose `state` nobody here has written.
fn stray(response: &AuthorizationResponse) -> Result<Outcome, Stopped> {
    match response.error() {
        // Such as that of a page for administrators, to which somebody gave a state of their own.
        Some(error) => Ok(Outcome::Unasked(Unasked::Error(error.clone()))),
        None => Err(CallbackError::AttemptMissing.into()),
    }
}

/// The answer to a sign-in that another browser began, or this one before its cookie was lost: a link in a document that
/// another program opened first. Nobody is signed in by it; who is signed in goes on, and everybody else begins anew.
async fn elsewhere(
    cell: &RequestCell,
    request: &Request,
    response: &AuthorizationResponse,
    attempt: SignInAttempt,
    may_begin_anew: bool,
) -> Result<Outcome, Stopped> {
    if let Some(error) = response.error() {
        return Ok(Outcome::Unasked(Unasked::Error(error.clone())));
    }
    let is_signed_in = matches!(session::of(cell, request).await, Ok(Some(_)));
    if may_begin_anew && !is_signed_in {
        // Without what it asked for: whose browser that was nobody knows.
        let begun_anew = attempt.begun_anew.saturating_add(1);
        return Ok(Outcome::Anew(Wanted { return_to: attempt.return_to, begun_anew, ..Wanted::default() }));
    }
    Err(Stopped::of(attempt, CallbackError::AttemptMissing.into()))
}

/// A session, kept where it belongs.
async fn arrived(
    cell: &RequestCell,
    request: &Request,
    site: &Site,
    response: AuthorizationResponse,
    own: OwnAttempt<'_>,
) -> Result<Outcome, SignInError> {
    let attempt = own.attempt();
    let record = signed_in(cell, site, response, own).await?;
    let user = record.identity.id.clone();
    let outcome = if let Some(frame) = attempt.frame {
        Outcome::Frame(popup::begin(cell, site, record, frame).await?)
    } else {
        session::begin(cell, request, site, record).await?;
        rounds::note(cell, request, site);
        Outcome::Here(attempt.return_to.clone())
    };
    tracing::info!(target: "azure_auth::session", event = "signed-in", user = %user.loggable(), "a person signed in");
    Ok(outcome)
}

/// From a judged response to the record of a new session.
async fn signed_in(
    cell: &RequestCell,
    site: &Site,
    response: AuthorizationResponse,
    own: OwnAttempt<'_>,
) -> Result<SessionRecord, SignInError> {
    let application = cell.application();
    let snapshot = application.provider.snapshot().await?;
    let code = authorization_response::judge(response, own, &snapshot.metadata, clock::now())?;
    let Proven { mut id_token, names_by } = redeemed_once(cell, site, code, own.attempt()).await?;
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
    let name = attempt.lease_name();
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
    /// The answer was followed before, by this process or by another one, or another browser began it.
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
