//! The way back: from the provider's answer to a session.

use poem::Response;
use poem::http::header::{HeaderValue, LOCATION};
use poem::http::{Method, StatusCode};
use tracing::Instrument;

use super::redemption::Redeemed;
use super::sign_in::access::BroughtTokens;
use super::sign_in::{self, Wanted};
use super::sign_in_failure::{self, SignInError};
use super::{popup, redemption, sign_out, unasked};
use crate::io::meters::of_requests;
use crate::io::provider::token_endpoint::RedemptionError;
use crate::model::sessions::asked_access::AskedAccess;
use crate::model::sessions::session::SessionRecord;
use crate::model::sessions::sign_in_attempt::SignInAttempt;
use crate::rules::session::cookies::CookiePlacement;
use crate::rules::sign_in::authorization_response::{self, Arrival, AuthorizationResponse, CallbackError, Unasked};
use crate::rules::sign_in::sign_in_state::{self, NotThisBrowser, OwnAttempt};
use crate::web::application::site::Site;
use crate::web::pages::refused::Refused;
use crate::web::request::context::RequestContext;
use crate::web::request::session::Begun;
use crate::web::request::{request_facts, session, sign_in_loop};

/// `GET /authorization-code/callback`: the provider's answer, carried by the browser.
pub(crate) async fn callback(context: &RequestContext<'_>) -> Result<Response, Refused> {
    if *context.request.method() != Method::GET {
        return Ok(StatusCode::METHOD_NOT_ALLOWED.into());
    }
    if request_facts::is_ahead(context.request) {
        return Ok(sign_in::not_ahead());
    }
    let span = sign_in::span("callback");
    let outcome = answer(context).instrument(span.clone()).await;
    if let Err(refused) = &outcome {
        span.record("code", refused.code());
    }
    outcome
}

async fn answer(context: &RequestContext<'_>) -> Result<Response, Refused> {
    match read_response(context).await {
        Ok(Outcome::Here(return_to)) => Ok(see(&context.addresses().return_to(&return_to))),
        Ok(Outcome::Frame(code)) => Ok(popup::hand_over(context, &code)),
        Ok(Outcome::Anew(wanted)) => match sign_in::too_many_rounds(context) {
            Some(error) => Err(sign_in_failure::answer(context, &error)),
            None => sign_in::go(context, wanted).await,
        },
        // The provider sends browsers back here after sign-out as well: it is the one address it surely knows.
        Ok(Outcome::Nothing) => sign_out::landing(context).await,
        Ok(Outcome::Unasked(unasked)) => unasked::answer(context, unasked),
        Err(Stopped { error, return_to, is_for_frame }) => {
            // The person went ahead in another tab, or pressed "back": what they wanted has happened.
            if error.is_known_answer() && matches!(session::of(context).await, Ok(Some(_))) {
                return Ok(see(&context.addresses().return_to(&return_to)));
            }
            let refused = sign_in_failure::answer(context, &error);
            let addresses = context.addresses();
            Err(if is_for_frame {
                refused.without_retry()
            } else {
                refused.back_to(addresses.login(&return_to), addresses.login_with_other_account(&return_to))
            })
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

async fn read_response(context: &RequestContext<'_>) -> Result<Outcome, Stopped> {
    if !context.application().signs_in() {
        return Err(SignInError::NoCredential.into());
    }
    let site = context.served_site()?;
    let query = request_facts::whole_uri(context.request).query().unwrap_or_default();
    match authorization_response::read(query)? {
        Arrival::Nothing => Ok(Outcome::Nothing),
        Arrival::Unasked(unasked) => Ok(Outcome::Unasked(unasked)),
        Arrival::Answer(response) => find_attempt(context, &site, response).await,
    }
}

/// The attempt that a response answers, and whether this browser began it.
async fn find_attempt(
    context: &RequestContext<'_>,
    site: &Site,
    response: AuthorizationResponse,
) -> Result<Outcome, Stopped> {
    let application = context.application();
    let keys = application.attempt_keys.as_ref().ok_or(SignInError::NoCredential)?;
    let name = site.names.sign_in();
    let attempt = sign_in_state::open(&response.state, keys, name)
        // One authority's code is not for another one to see.
        .filter(|attempt| attempt.authority == application.authority);
    let Some(attempt) = attempt else { return Ok(pass_on(&response)?) };
    let own = match sign_in_state::bind(&attempt, request_facts::cookie(context.request, name)) {
        Ok(own) => own,
        Err(NotThisBrowser { may_begin_anew }) => {
            return begin_anew(context, &response, attempt, may_begin_anew).await;
        }
    };
    match finish_sign_in(context, site, response, own).await {
        Ok(outcome) => Ok(outcome),
        Err(SignInError::Callback(CallbackError::NeedsAPerson)) => {
            sign_in_loop::note_silent(context, site);
            Ok(Outcome::Here(attempt.return_to))
        }
        // When this very browser gives the same answer twice, once fetched ahead and once for the page, the first one counts. On
        // with the second, even where its request left before the session came. It cannot go round: every round is another
        // attempt.
        Err(SignInError::Callback(CallbackError::AttemptUsed)) if attempt.frame.is_none() => {
            Ok(Outcome::Here(attempt.return_to))
        }
        Err(error) => Err(Stopped::of(attempt, error)),
    }
}

/// An answer whose `state` nobody here has written.
fn pass_on(response: &AuthorizationResponse) -> Result<Outcome, CallbackError> {
    match response.error() {
        // Such as that of a page for administrators, to which somebody gave a state of their own.
        Some(error) => Ok(Outcome::Unasked(Unasked::Error(error.clone()))),
        None => Err(CallbackError::AttemptMissing),
    }
}

/// The answer to a sign-in that another browser began, or this one before its cookie was lost: a link in a document that
/// another program opened first. Nobody is signed in by it; who is signed in goes on, and everybody else begins anew.
async fn begin_anew(
    context: &RequestContext<'_>,
    response: &AuthorizationResponse,
    attempt: SignInAttempt,
    may_begin_anew: bool,
) -> Result<Outcome, Stopped> {
    if let Some(error) = response.error().filter(|_| attempt.frame.is_none()) {
        return Ok(Outcome::Unasked(Unasked::Error(error.clone())));
    }
    let is_signed_in = matches!(session::of(context).await, Ok(Some(_)));
    if may_begin_anew && !is_signed_in {
        // Without what it asked for: whose browser that was nobody knows.
        let begun_anew = attempt.begun_anew.saturating_add(1);
        return Ok(Outcome::Anew(Wanted { return_to: attempt.return_to, begun_anew, ..Wanted::default() }));
    }
    Err(Stopped::of(attempt, CallbackError::AttemptMissing.into()))
}

/// A session, kept where it belongs.
async fn finish_sign_in(
    context: &RequestContext<'_>,
    site: &Site,
    response: AuthorizationResponse,
    own: OwnAttempt<'_>,
) -> Result<Outcome, SignInError> {
    let attempt = own.attempt();
    let Redeemed { record, brought } = redemption::redeem(context.findings, site, response, own).await?;
    let user = record.identity.id.clone();
    let outcome = if let Some(frame) = attempt.frame {
        Outcome::Frame(popup::begin(context.findings, site, record, frame, brought).await?)
    } else {
        keep_session(context, site, record, brought, attempt.access.as_ref()).await?;
        Outcome::Here(attempt.return_to.clone())
    };
    of_requests::signed_in();
    tracing::info!(target: "azure_auth::session", event = "signed-in", user = %user.loggable(), "a person signed in");
    Ok(outcome)
}

/// In the browser, with what the sign-in brought beside it. `access`: what it asked for at other APIs.
async fn keep_session(
    context: &RequestContext<'_>,
    site: &Site,
    record: SessionRecord,
    brought: BroughtTokens,
    access: Option<&AskedAccess>,
) -> Result<(), SignInError> {
    if access.is_some()
        && let Some(session) = sign_in::access::go_on(context, site, &record).await?
    {
        return sign_in::access::keep(&session, brought, access).await;
    }
    let Begun { ticket, had_one } = session::begin(context, site, record).await?;
    sign_in_loop::note(context, site, had_one);
    if brought.refresh_token.is_none() && access.is_none() {
        return Ok(());
    }
    let name = site.names.session(CookiePlacement::FirstParty);
    match sign_in::access::kept_session(context.application(), name, &ticket).await? {
        Some(session) => sign_in::access::keep(&session, brought, access).await,
        None => Ok(()),
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
