//! From an answer of the provider to who has signed in: the code is redeemed once, and the ID token judged.

use secrecy::{ExposeSecret, SecretString};

use super::sign_in_failure::SignInError;
use crate::io::provider::token_endpoint::{self, RedeemedTokens};
use crate::io::provider::user_info;
use crate::io::sessions::store::Lease;
use crate::io::{clock, entropy};
use crate::model::sessions::session::{SessionId, SessionRecord};
use crate::model::sessions::sign_in_attempt::SignInAttempt;
use crate::rules::session::session_record::{self, Birth};
use crate::rules::sign_in::authorization_response::{
    self, ATTEMPT_LIFETIME, AcceptedCode, AuthorizationResponse, CallbackError,
};
use crate::rules::sign_in::sign_in_state::OwnAttempt;
use crate::rules::token::id_token::{self, Expectations, IdTokenError, ValidatedIdToken};
use crate::rules::token::signature::{SignatureError, SignedToken};
use crate::web::application::events::sign_in::SignIn;
use crate::web::application::site::Site;
use crate::web::application::state::Application;
use crate::web::request::findings::Findings;

/// From a judged response to the record of a new session.
pub(crate) async fn redeem(
    findings: &Findings,
    site: &Site,
    response: AuthorizationResponse,
    own: OwnAttempt<'_>,
) -> Result<SessionRecord, SignInError> {
    let application = findings.application();
    let snapshot = application.provider.snapshot().await?;
    let code = authorization_response::judge(response, own, &snapshot.metadata, clock::now())?;
    let Proven { mut id_token, names_by } = redeem_once(findings, site, code, own.attempt()).await?;
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
    let record = session_record::begin(id_token, &findings.mounted.table.groups, lifetimes, birth);
    let mut sign_in = SignIn::new(record);
    if let Err(words) = application.events.signed_in(&mut sign_in).await {
        return Err(SignInError::Vetoed { words, person: sign_in.user().id().clone() });
    }
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
async fn redeem_once(
    findings: &Findings,
    site: &Site,
    code: AcceptedCode,
    attempt: &SignInAttempt,
) -> Result<Proven, SignInError> {
    let application = findings.application();
    let store = application.sessions.as_ref().ok_or(SignInError::NoSecret)?;
    let _place = application.provider.place_at_token_endpoint().ok_or(SignInError::Busy)?;
    let name = attempt.lease_name();
    // Before the exchange: the second of two equal callbacks must not reach the provider.
    match store.lease(&name, clock::moment(), ATTEMPT_LIFETIME).await? {
        Lease::First => {}
        Lease::Taken => return Err(CallbackError::AttemptUsed.into()),
        Lease::NoRoom => return Err(SignInError::NoRoom),
    }
    let outcome = redeem_code(findings, site, code, attempt).await;
    if let Err(SignInError::Redemption(error)) = &outcome
        && error.is_sure()
    {
        // Otherwise it is over with its time.
        let _ = store.release(&name).await;
    }
    outcome
}

async fn redeem_code(
    findings: &Findings,
    site: &Site,
    code: AcceptedCode,
    attempt: &SignInAttempt,
) -> Result<Proven, SignInError> {
    let application = findings.application();
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
    let judge = |snapshot: &crate::io::provider::cached::Snapshot| {
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
