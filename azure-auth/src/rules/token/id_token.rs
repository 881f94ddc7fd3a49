//! Is this ID token acceptable here and now?

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use thiserror::Error;

use super::signature::{KeysAt, SignatureError, SignedToken, VerificationKey};
use super::token_claims::{self, ClaimError};
use super::user_info::Names;
use crate::model::callers::claims::{ClaimsReader, Dialect, TokenClaims};
use crate::model::callers::groups::Groups;
use crate::model::callers::identity::{Identity, UserId};
use crate::model::json::{self, JsonProblem, printable};
use crate::model::providers::provider_metadata::ProviderMetadata;
use crate::model::refusals::diagnosis::{Details, Diagnosed};
use crate::model::sessions::session::ProviderSession;
use crate::model::settings::tenants::AcceptedTenants;
use crate::model::unix_time::UnixTime;

/// What the token must say to be the answer to our request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Expectations<'a> {
    pub(crate) metadata: &'a ProviderMetadata,
    /// The provider is Microsoft Entra ID: `tid` and `oid` are required.
    pub(crate) is_entra: bool,
    pub(crate) client_id: &'a str,
    pub(crate) tenants: &'a AcceptedTenants,
    pub(crate) nonce: &'a str,
    /// The access token that came with it, for `at_hash`.
    pub(crate) access_token: &'a str,
    /// Names of further claims to keep.
    pub(crate) keep: &'a [String],
}

/// Proof that an ID token passed every check. A session begins here and nowhere else.
#[derive(Debug)]
pub(crate) struct ValidatedIdToken {
    pub(in crate::rules) identity: Identity,
    pub(in crate::rules) groups: Groups,
    pub(in crate::rules) provider_session: Option<ProviderSession>,
    /// Claims that are not used because of their type.
    pub(in crate::rules) unused: Vec<&'static str>,
}

impl ValidatedIdToken {
    pub(crate) fn user(&self) -> &UserId {
        &self.identity.id
    }

    /// The subject to ask the provider's userinfo endpoint about, where the token does not say what the person is called.
    pub(crate) fn nameless_subject(&self) -> Option<&str> {
        match &self.identity.id {
            UserId::OpenId { subject, .. } if self.identity.display_name.is_none() => Some(subject),
            _ => None,
        }
    }

    /// Adds what the token does not say. It stays for display: nothing is decided by it.
    pub(crate) fn add(&mut self, names: Names) {
        let identity = &mut self.identity;
        identity.display_name = identity.display_name.take().or(names.name);
        identity.preferred_username = identity.preferred_username.take().or(names.preferred_username);
        identity.email = identity.email.take().or(names.email);
    }

    /// Whether it names no groups because the person is in too many.
    pub(crate) fn has_too_many_groups(&self) -> bool {
        self.groups.are_too_many()
    }

    /// What was found out about groups that the token does not name, or why nothing was.
    pub(crate) fn add_groups(&mut self, found: Groups) {
        if self.has_too_many_groups() {
            self.groups = found;
        }
    }

    /// The names of claims that the token has and nobody uses, because their type is another than the standard's.
    pub(crate) fn unused(&self) -> &[&'static str] {
        &self.unused
    }

    pub(crate) fn provider_session(&self) -> Option<ProviderSession> {
        self.provider_session
    }
}

/// Why an ID token was refused. Expected and found are identifiers and instants, never names or addresses.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(crate) enum IdTokenError {
    #[error(transparent)]
    Signature(#[from] SignatureError),
    #[error("the claims cannot be read: {0}")]
    Unreadable(JsonProblem),
    #[error(transparent)]
    Claim(#[from] ClaimError),
    #[error("the token is for `{found}`, expected `{expected}`")]
    Audience { expected: String, found: String },
    #[error("the token was issued to `{found}` (`azp`), expected `{expected}`")]
    AuthorizedParty { expected: String, found: String },
    #[error("the token answers another sign-in (`nonce`)")]
    Nonce,
    #[error("the token belongs to another access token (`at_hash`)")]
    AccessTokenHash,
    /// Usual cause: the sign-in did not ask for the scope `profile`.
    #[error("the token names no object (`oid`)")]
    ObjectMissing,
}

impl Diagnosed for IdTokenError {
    fn details(&self) -> Details {
        let client = "compare `AZURE_CLIENT_ID` with \"Application (client) ID\" of the app registration";
        match self {
            Self::Signature(error) => error.details(),
            Self::Unreadable(problem) => Details::new(problem.to_string(), "a JSON object with every claim once"),
            Self::Claim(error) => error.details().remedy(error.remedy_in_id_token()),
            Self::Audience { expected, found } => {
                Details::new(format!("`aud` {found}"), expected.clone()).remedy(client)
            }
            Self::AuthorizedParty { expected, found } => {
                Details::new(format!("`azp` {found}"), expected.clone()).remedy(client)
            }
            Self::Nonce => Details::new("another `nonce`", "the `nonce` of this sign-in").remedy("sign in again"),
            Self::AccessTokenHash => Details::new("another `at_hash`", "the hash of the access token beside it"),
            Self::ObjectMissing => Details::new("no claim `oid`", "the claim `oid`")
                .remedy("let `AzureAuthBuilder::scopes` ask for `profile`"),
        }
    }
}

/// Validates an ID token, from its signature to the identity it proves.
///
/// Follows OpenID Connect Core 1.0 §3.1.3.7: signature (steps 6 to 8), issuer (2), audience (3 to 5), times (9, 10),
/// nonce (11); and Microsoft's rules for the issuers of keys.
pub(crate) fn validate(
    signed: &SignedToken<'_>,
    keys: KeysAt<'_>,
    expected: &Expectations<'_>,
    now: UnixTime,
) -> Result<ValidatedIdToken, IdTokenError> {
    let verified = signed.verify(keys)?;
    let dialect = if expected.is_entra { Dialect::Entra } else { Dialect::OpenId };
    let mut reader = ClaimsReader { claims: TokenClaims::default(), dialect, keep: expected.keep };
    json::read(&verified.bytes, &mut reader).map_err(IdTokenError::Unreadable)?;
    let mut claims = reader.claims;

    check_issuer(&claims, verified.key, expected)?;
    check_audience(&claims, expected.client_id)?;
    authorized_party(&claims, expected.client_id)?;
    token_claims::check_times(&claims, now)?;
    claims.iat.ok_or(ClaimError::Missing { name: "iat" })?;
    binding(&claims, expected)?;
    let id = user_id(&claims, expected)?;

    Ok(ValidatedIdToken {
        unused: std::mem::take(&mut claims.unused),
        groups: claims.groups_found(),
        provider_session: claims.iss.as_deref().zip(claims.sid.as_deref()).map(|(issuer, id)| named(issuer, id)),
        identity: claims.into_identity(id),
    })
}

/// The name of a session at the provider, as a token tells it and as a sign-out from there tells it again.
pub(crate) fn named(issuer: &str, id: &str) -> ProviderSession {
    let hash = digest(&SHA256, format!("{issuer} {id}").as_bytes());
    let half = |at: usize| hash.as_ref()[at..at + 8].iter().fold(0, |half, byte| half << 8 | u64::from(*byte));
    ProviderSession([half(0), half(8)])
}

fn check_issuer(claims: &TokenClaims, key: &VerificationKey, expected: &Expectations<'_>) -> Result<(), IdTokenError> {
    if expected.is_entra && claims.tid.is_none() {
        return Err(ClaimError::Missing { name: "tid" }.into());
    }
    let found = token_claims::check_issuer_pattern(claims, &expected.metadata.issuer)?;
    Ok(token_claims::check_key(key, found, claims.tid.as_deref(), expected.metadata)?)
}

fn check_audience(claims: &TokenClaims, client_id: &str) -> Result<(), IdTokenError> {
    let found = match (&claims.aud, &claims.audiences) {
        (Some(only), _) => std::slice::from_ref(only),
        (None, Some(several)) => several,
        (None, None) => return Err(ClaimError::Missing { name: "aud" }.into()),
    };
    if found.iter().any(|audience| audience == client_id) {
        return Ok(());
    }
    Err(IdTokenError::Audience { expected: client_id.to_owned(), found: printable(&found.join(",")) })
}

/// Where a token names the client it was issued to, that is this one; where it is for several, it has to (steps 4 and 5).
fn authorized_party(claims: &TokenClaims, client_id: &str) -> Result<(), IdTokenError> {
    match claims.azp.as_deref() {
        Some(found) if found != client_id => {
            Err(IdTokenError::AuthorizedParty { expected: client_id.to_owned(), found: printable(found) })
        }
        None if claims.audiences.as_ref().is_some_and(|audiences| audiences.len() > 1) => {
            Err(ClaimError::Missing { name: "azp" }.into())
        }
        _ => Ok(()),
    }
}

/// The token answers this attempt, and belongs to the access token beside it (§3.1.3.6).
fn binding(claims: &TokenClaims, expected: &Expectations<'_>) -> Result<(), IdTokenError> {
    let nonce = claims.nonce.as_deref().ok_or(ClaimError::Missing { name: "nonce" })?;
    verify_slices_are_equal(nonce.as_bytes(), expected.nonce.as_bytes()).map_err(|_| IdTokenError::Nonce)?;

    if let Some(found) = &claims.at_hash {
        let hash = digest(&SHA256, expected.access_token.as_bytes());
        if *found != URL_SAFE_NO_PAD.encode(&hash.as_ref()[..16]) {
            return Err(IdTokenError::AccessTokenHash);
        }
    }
    Ok(())
}

fn user_id(claims: &TokenClaims, expected: &Expectations<'_>) -> Result<UserId, IdTokenError> {
    let subject = claims.sub.as_deref().filter(|subject| !subject.is_empty());
    let subject = subject.ok_or(ClaimError::Missing { name: "sub" })?;
    if !expected.is_entra {
        let issuer = claims.iss.clone().ok_or(ClaimError::Missing { name: "iss" })?;
        return Ok(UserId::OpenId { issuer, subject: subject.to_owned() });
    }

    let tenant = token_claims::check_tenant(claims, expected.metadata, expected.tenants)?;
    let object = claims.oid.as_deref().ok_or(IdTokenError::ObjectMissing)?;
    let object = token_claims::id(Some(object), "oid")?;
    Ok(UserId::Entra { tenant, object })
}

#[cfg(test)]
#[path = "id_token_tests.rs"]
pub(crate) mod tests;
