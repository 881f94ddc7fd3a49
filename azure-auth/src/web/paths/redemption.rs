//! From an answer of the provider to who has signed in: the code is redeemed once, and the ID token judged.

use secrecy::{ExposeSecret, SecretString};

use super::sign_in::access::BroughtTokens;
use super::sign_in_failure::SignInError;
use crate::io::provider::token_endpoint::{self, RedeemedTokens};
use crate::io::provider::user_info;
use crate::io::sessions::store::Lease;
use crate::io::{clock, entropy};
use crate::model::callers::groups::{Groups, UnknownGroups};
use crate::model::refusals::diagnosis::Diagnosis;
use crate::model::refusals::reason::Reason;
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

/// What a sign-in came to.
pub(crate) struct Redeemed {
    pub(crate) record: SessionRecord,
    pub(crate) brought: BroughtTokens,
}

/// From a judged response to the record of a new session.
pub(crate) async fn redeem(
    findings: &Findings,
    site: &Site,
    response: AuthorizationResponse,
    own: OwnAttempt<'_>,
) -> Result<Redeemed, SignInError> {
    let application = findings.application();
    let snapshot = application.provider.snapshot().await?;
    let code = authorization_response::judge(response, own, &snapshot.metadata, clock::now())?;
    let Proven { mut id_token, names_by, for_groups, mut brought } =
        redeem_once(findings, site, code, own.attempt()).await?;
    // As soon as the person is proven: whatever ends their sessions from now on ends this one too.
    let store = application.sessions.as_ref().ok_or(SignInError::NoCredential)?;
    let beginning = store.begin(id_token.user(), id_token.provider_session()).await?;
    if let Some(access_token) = names_by {
        ask_for_names(application, &mut id_token, &access_token).await;
    }
    look_groups_up(findings, &mut id_token, for_groups, &mut brought).await;

    let [first, second] = [entropy::random()?, entropy::random()?].map(u64::from_be_bytes);
    let lifetimes = application.configuration.lifetimes;
    let birth =
        Birth { id: SessionId([first, second]), beginning, authority: application.authority, now: clock::now() };
    let record = session_record::begin(id_token, &findings.mounted.table.groups, lifetimes, birth);
    let mut sign_in = SignIn::new(record);
    if let Err(words) = application.events.signed_in(&mut sign_in).await {
        return Err(SignInError::Vetoed { words, person: sign_in.user().id().clone() });
    }
    Ok(Redeemed { record: sign_in.into_record(), brought })
}

/// A person who is proven, and what may be used to ask what they are called.
struct Proven {
    id_token: ValidatedIdToken,
    /// Where the profile was granted.
    names_by: Option<SecretString>,
    /// What may be used to ask which groups they belong to.
    for_groups: Option<SecretString>,
    brought: BroughtTokens,
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
    let store = application.sessions.as_ref().ok_or(SignInError::NoCredential)?;
    let _place = application.provider.place_at_token_endpoint().ok_or(SignInError::Busy)?;
    let name = attempt.lease_name();
    // Before the exchange: the second of two equal callbacks must not reach the provider.
    let key = match store.lease(&name, clock::moment(), ATTEMPT_LIFETIME).await? {
        Lease::First(key) => key,
        Lease::Taken => return Err(CallbackError::AttemptUsed.into()),
        Lease::NoRoom => return Err(SignInError::NoRoom),
    };
    let outcome = redeem_code(findings, site, code, attempt).await;
    let is_surely_left = match &outcome {
        Err(SignInError::Redemption(error)) => error.is_sure(),
        // Nobody was asked.
        Err(SignInError::Credential(_)) => true,
        _ => false,
    };
    if is_surely_left {
        // Otherwise it is over with its time.
        let _ = store.release(&name, key).await;
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
    let groups_by = findings.mounted.groups_by(&snapshot.metadata);
    let client = application.credential.prove(&snapshot.metadata.token_endpoint).await?;
    let RedeemedTokens { id_token, access_token, grants_profile, refresh_token, granted, for_groups } =
        token_endpoint::redeem(
            &provider.transport,
            &snapshot.metadata,
            &client,
            &redirect_uri,
            code,
            attempt,
            groups_by.as_ref(),
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
    let brought = BroughtTokens { refresh_token, granted };
    Ok(Proven { id_token, names_by: grants_profile.then_some(access_token), for_groups, brought })
}

/// Asks Microsoft Graph for the groups of a person who is in more than a token holds, where the program wants that. Without
/// an answer the person is signed in all the same, and what needs a group refuses them.
async fn look_groups_up(
    findings: &Findings,
    id_token: &mut ValidatedIdToken,
    token: Option<SecretString>,
    brought: &mut BroughtTokens,
) {
    let application = findings.application();
    let Some(snapshot) = application.provider.known_snapshot().filter(|_| id_token.has_too_many_groups()) else {
        return;
    };
    if findings.mounted.groups_by(&snapshot.metadata).is_none() {
        return;
    }
    let (source, groups) = (&application.tokens, &findings.mounted.table.groups);
    let found = source.groups_at_sign_in(&snapshot, token, &mut brought.refresh_token, groups).await;
    id_token.add_groups(found.unwrap_or_else(|problem| {
        if let Some(held_back) = application.lets_say("group-overage") {
            let Diagnosis { cause, remedy, .. } = Diagnosis::of(&problem, Reason::GroupsUnknown);
            tracing::warn!(
                target: "azure_auth::sign_in",
                %cause,
                %remedy,
                held_back,
                "a person is in more groups than a token holds, and Microsoft Graph did not say which; they are signed in without"
            );
        }
        Groups::of_token(Err(UnknownGroups::NotLookedUp))
    }));
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
