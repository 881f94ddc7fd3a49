//! What a request brings to prove who sends it.

use std::borrow::Cow;
use std::sync::Arc;

use poem::Request;

use super::carried::Authorization;
use super::context::RequestContext;
use super::findings::{Credential, CredentialRefusal, Findings};
use super::guard_notes::AddressMark;
use super::original_request::OriginalRequest;
use super::{request_facts, request_site, session};
use crate::io::clock;
use crate::io::provider::cached::Snapshot;
use crate::model::callers::principal::Principal;
use crate::model::downstream::tokens_in_hand::{Assertion, TokensInHand};
use crate::rules::policy::admission::NotAdmitted;
use crate::rules::request::same_origin::{self, ForeignRequest, RequestSource};
use crate::rules::session::cookies::CookiePlacement;
use crate::rules::token::access_token::{
    self, AccessTokenError, Expectations, KeySearch, RefusedAccessToken, TokenFacts,
};
use crate::rules::token::claimed_origin::ClaimedOrigin;
use crate::rules::token::signature::SignedToken;
use crate::web::application::opened_session::OpenedSession;
use crate::web::application::site::Site;
use crate::web::application::state::Application;

/// What the request proves its sender with. Who that is, is found out once; whether a session may speak for them is asked
/// of the request in hand, each time.
///
/// An `Authorization` header of any scheme decides alone: the cookie stays closed beside it.
pub(crate) async fn of<'c>(context: &RequestContext<'c>) -> Credential<'c> {
    let header = match context.findings.carried(context.request).authorization() {
        Authorization::None => return session_principal(context).await,
        header => header,
    };
    let token = if let Some(known) = context.findings.token.get() {
        known
    } else if let Some(principal) = warm_principal(context.application(), &header) {
        context.findings.token.get_or_init(|| Ok(principal))
    } else {
        // Boxed, for every request would carry room for what few of them need.
        let found = Box::pin(token_principal(context.findings, header)).await;
        context.findings.token.get_or_init(|| found)
    };
    match token {
        Ok(principal) => Credential::Principal(context.findings.with_groups.get().unwrap_or(principal)),
        Err(refusal) => Credential::Refused(Cow::Borrowed(refusal)),
    }
}

async fn session_principal<'c>(context: &RequestContext<'c>) -> Credential<'c> {
    match session::of_cookie(context).await {
        Ok(Some(session)) => {
            check_standing(context, session).err().unwrap_or(Credential::Principal(&session.principal))
        }
        Ok(None) => Credential::None,
        Err(error) => Credential::Refused(Cow::Owned(error.into())),
    }
}

/// Whether a session speaks for this request, as it came in and as it is now: nothing that middleware changes on the way
/// makes it more than it was.
fn check_standing<'c>(context: &RequestContext<'_>, session: &OpenedSession) -> Result<(), Credential<'c>> {
    if session.placement == CookiePlacement::Partitioned
        && !session::counts_in_frame(context.application(), context.site().as_deref(), context.request)
    {
        return Err(Credential::None);
    }
    if context.findings.original.is_safe && context.request.method().is_safe() {
        return Ok(());
    }
    let outcome = context
        .findings
        .original
        .origin
        .and_then(|()| check_origin(context.application(), context.site().as_deref(), context.source()));
    outcome.map_err(|foreign| Credential::Refused(Cow::Owned(NotAdmitted::from(foreign).into())))
}

/// What is true of a request as it comes in.
pub(crate) fn original(application: &Application, request: &Request) -> OriginalRequest {
    let is_safe = request_facts::is_safe(request);
    let is_asked_for_site = !is_safe || application.configuration.embedding.is_some();
    let site = is_asked_for_site.then(|| request_site::of(application, request)).flatten();
    let site = site.as_deref();
    let origin = || check_origin(application, site, request_facts::source(request));
    OriginalRequest {
        is_safe,
        origin: if is_safe { Ok(()) } else { origin() },
        counts_in_frame: session::counts_in_frame(application, site, request),
        is_misplaced: false,
        address: AddressMark::of(request),
    }
}

/// Whether a request that changes something comes from our own pages, or from trusted ones.
pub(crate) fn check_origin(
    application: &Application,
    site: Option<&Arc<Site>>,
    source: RequestSource<'_>,
) -> Result<(), ForeignRequest> {
    let site = site.ok_or(ForeignRequest::Unknown)?;
    same_origin::judge(source, &site.origin, &application.configuration.trusted_origins)
}

/// What follows `Bearer` and one space or more (RFC 6750 §2.1, RFC 9110 §11.4), perhaps nothing. Whether it can be a token
/// is asked only if it was never seen before.
fn bearer(header: &[u8]) -> Option<&[u8]> {
    let (scheme, rest) = header.split_at_checked(b"Bearer".len())?;
    let is_apart = rest.first().is_none_or(|first| *first == b' ');
    (is_apart && scheme.eq_ignore_ascii_case(b"Bearer")).then(|| rest.trim_ascii())
}

/// One token, in letters that tokens are made of.
fn single_token(bytes: &[u8]) -> Option<&str> {
    let token = std::str::from_utf8(bytes).ok()?;
    let is_one = !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_graphic() && byte != b',');
    is_one.then_some(token)
}

/// A token that was accepted before: found without waiting.
fn warm_principal(application: &Application, authorization: &Authorization<'_>) -> Option<Arc<Principal>> {
    let Authorization::One(header) = authorization else { return None };
    known_principal(application, bearer(header).filter(|token| !token.is_empty())?)
}

/// The same of one at first sight, and of what is not a token.
async fn token_principal(
    findings: &Findings,
    authorization: Authorization<'_>,
) -> Result<Arc<Principal>, CredentialRefusal> {
    let header = match authorization {
        Authorization::Several(found) => return Err(NotAdmitted::SeveralAuthorizations { found }.into()),
        Authorization::One(header) => header,
        Authorization::None => &[],
    };
    new_principal(findings.application(), token_in(header)?).await
}

/// The one token of an `Authorization` header.
fn token_in(header: &[u8]) -> Result<&str, NotAdmitted<'static>> {
    let token = bearer(header).ok_or(NotAdmitted::AuthorizationScheme)?;
    if token.is_empty() {
        return Err(NotAdmitted::TokenMissing);
    }
    single_token(token).ok_or(NotAdmitted::AuthorizationScheme)
}

/// Whom the value of an `Authorization` header proves, outside of any request.
pub(crate) async fn of_header(application: &Application, header: &[u8]) -> Result<Arc<Principal>, CredentialRefusal> {
    of_token(application, token_in(header)?).await
}

/// Whom a token in hand proves.
pub(crate) async fn of_token(application: &Application, token: &str) -> Result<Arc<Principal>, CredentialRefusal> {
    match known_principal(application, token.as_bytes()) {
        Some(principal) => Ok(principal),
        None => Box::pin(new_principal(application, token)).await,
    }
}

fn known_principal(application: &Application, token: &[u8]) -> Option<Arc<Principal>> {
    let known = application.provider.look(|snapshot| seen_before(snapshot, token));
    application.meters.token_cache.looked_up(known.is_some());
    known
}

/// A token at first sight.
async fn new_principal(application: &Application, token: &str) -> Result<Arc<Principal>, CredentialRefusal> {
    if !application.configuration.authority.is_entra() {
        let (error, facts) = (AccessTokenError::NotAccepted, TokenFacts::default());
        return Err(Box::new(RefusedAccessToken { error, facts, search: None }).into());
    }
    let snapshot = application.provider.snapshot_for_token().await?;
    let signed = access_token::read(token)?;
    match validate(application, &snapshot, token, &signed) {
        // The provider may have changed its keys since they were fetched.
        Err(refused) if refused.lacks_key() => {
            let id = signed.key_id().unwrap_or_default();
            let snapshot = application.provider.snapshot_after(&snapshot, id).await;
            validate(application, &snapshot, token, &signed)
                .map_err(|refused| searched(refused, &snapshot, &signed).into())
        }
        outcome => Ok(outcome?),
    }
}

/// With where its key was looked for, if that is what it lacks.
fn searched(
    mut refused: Box<RefusedAccessToken>,
    snapshot: &Snapshot,
    signed: &SignedToken<'_>,
) -> Box<RefusedAccessToken> {
    if refused.lacks_key() {
        refused.search = Some(KeySearch {
            keys: snapshot.keys.count(),
            age: clock::moment().since(snapshot.loaded_at),
            issuer: snapshot.metadata.issuer.to_string(),
            claimed: ClaimedOrigin::of(signed),
        });
    }
    refused
}

/// A token that was accepted before, and still is: the whole text is the same, its key is there, its time is not over.
fn seen_before(snapshot: &Snapshot, token: &[u8]) -> Option<Arc<Principal>> {
    if snapshot.keys.is_in_doubt() {
        return None;
    }
    snapshot.accepted.get(token).filter(|principal| clock::now() < principal.known_until)
}

fn validate(
    application: &Application,
    snapshot: &Snapshot,
    token: &str,
    signed: &SignedToken<'_>,
) -> Result<Arc<Principal>, Box<RefusedAccessToken>> {
    let configuration = &application.configuration;
    let expected = Expectations {
        metadata: &snapshot.metadata,
        tenants: &configuration.tenants,
        audiences: &configuration.audiences,
        keep: &configuration.keep_claims,
    };
    let token_is_valid = access_token::validate(signed, snapshot.keys.at(clock::moment()), &expected, clock::now())?;
    // The cache and the principal share the text.
    let text: Arc<[u8]> = token.as_bytes().into();
    let tokens = TokensInHand::with_assertion(Assertion(text.clone()));
    let principal = Arc::new(Principal { tokens, ..token_is_valid.into_principal() });
    // Claims in pieces take no more than twice what they take in the token.
    snapshot.accepted.insert(text, principal.clone(), token.len() * 2);
    Ok(principal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_follows_its_scheme_in_every_spelling_that_the_standards_allow() {
        for (header, expected) in [
            ("Bearer a.b", Some("a.b")),
            ("bearer a.b", Some("a.b")),
            ("BEARER   a.b", Some("a.b")),
            ("Bearer a.b  ", Some("a.b")),
            ("Bearer", Some("")),
            ("bearer   ", Some("")),
            ("Bearera.b", None),
            ("Bearer\ta.b", None),
            ("Bearer=a.b", None),
            (" Bearer a.b", None),
            ("Basic a.b", None),
            ("Beare", None),
            ("", None),
        ] {
            assert_eq!(bearer(header.as_bytes()), expected.map(str::as_bytes), "{header:?}");
        }
        assert_eq!(single_token(b"a.b c"), None, "two tokens are not one");
    }
}
