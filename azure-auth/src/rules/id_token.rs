//! Is this ID token acceptable here and now?

use std::time::Duration;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use thiserror::Error;

use super::signature::{KeySet, SignatureError, SignedToken, VerificationKey};
use crate::model::claims::{ClaimsReader, IdTokenClaims};
use crate::model::guid::Guid;
use crate::model::identity::{Identity, UserId};
use crate::model::issuer::IssuerPattern;
use crate::model::json::{self, JsonProblem};
use crate::model::provider_metadata::ProviderMetadata;
use crate::model::tenants::AcceptedTenants;
use crate::model::unix_time::UnixTime;

/// Tolerated difference between our clock and the provider's: 300 seconds, as in Microsoft's own libraries.
pub(crate) const CLOCK_LEEWAY: Duration = Duration::from_secs(300);

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
    identity: Identity,
}

impl ValidatedIdToken {
    pub(crate) fn into_identity(self) -> Identity {
        self.identity
    }
}

/// Why an ID token was refused. Expected and found are identifiers and instants, never names or addresses.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(crate) enum IdTokenError {
    #[error(transparent)]
    Signature(#[from] SignatureError),
    #[error("the claims cannot be read: {0}")]
    Claims(JsonProblem),
    #[error("the claim `{name}` is missing")]
    Missing { name: &'static str },
    /// Usual cause: the authority names another tenant than the one that signed the person in; a developer mends it.
    #[error("the token was issued by `{found}`, expected `{expected}`; check the tenant in AZURE_ISSUER_URI")]
    Issuer { expected: IssuerPattern, found: String },
    /// A key that may sign for one tenant signed for another.
    #[error("the key that signed may sign for `{expected}` only, the token was issued by `{found}`")]
    KeyIssuer { expected: IssuerPattern, found: String },
    #[error("the key that signed belongs to the cloud `{found}`, the authority to `{expected}`")]
    KeyCloud { expected: String, found: String },
    #[error("the token is for `{found}`, expected `{expected}`; check AZURE_CLIENT_ID")]
    Audience { expected: String, found: String },
    #[error("the token expired at {}, now is {}; check this machine's clock", .expired_at.0, .now.0)]
    Expired { expired_at: UnixTime, now: UnixTime },
    #[error("the token is not valid before {}, now is {}; check this machine's clock", .valid_from.0, .now.0)]
    NotYetValid { valid_from: UnixTime, now: UnixTime },
    #[error("the token was issued at {}, now is {}; check this machine's clock", .issued_at.0, .now.0)]
    IssuedLater { issued_at: UnixTime, now: UnixTime },
    #[error("the token answers another sign-in (`nonce`)")]
    Nonce,
    #[error("the token belongs to another access token (`at_hash`)")]
    AccessTokenHash,
    #[error("the claim `{name}` is no directory id")]
    NotAnId { name: &'static str },
    #[error("the token is of tenant {found}, expected {expected}")]
    OtherTenant { expected: Guid, found: Guid },
    /// Usual cause: a person of a tenant that `AZURE_VALID_TENANT_IDS` does not list.
    #[error("tenant {found} is not accepted; add it to AZURE_VALID_TENANT_IDS if its people may sign in")]
    TenantNotAccepted { found: Guid },
    /// Usual cause: the sign-in did not ask for the scope `profile`.
    #[error("the token names no object (`oid`); the sign-in must ask for the scope `profile`")]
    ObjectMissing,
}

/// Validates an ID token, from its bytes to the identity it proves.
///
/// Follows OpenID Connect Core 1.0 §3.1.3.7: signature (steps 6 to 8), issuer (2), audience (3), times (9, 10),
/// nonce (11); and Microsoft's rules for the issuers of keys.
pub(crate) fn validate(
    token: &str,
    keys: &KeySet,
    expected: &Expectations<'_>,
    now: UnixTime,
) -> Result<ValidatedIdToken, IdTokenError> {
    let verified = SignedToken::read(token)?.verify(keys)?;
    let mut reader = ClaimsReader { claims: IdTokenClaims::default(), keep: expected.keep };
    json::read(&verified.bytes, &mut reader).map_err(IdTokenError::Claims)?;
    let claims = reader.claims;

    issuer(&claims, verified.key, expected)?;
    audience(&claims, expected.client_id)?;
    times(&claims, now)?;
    binding(&claims, expected)?;
    let id = user_id(&claims, expected)?;

    Ok(ValidatedIdToken {
        identity: Identity {
            id,
            display_name: claims.name,
            preferred_username: claims.preferred_username,
            email: claims.email,
            roles: claims.roles,
            login_hint: claims.login_hint,
            claims: claims.kept,
        },
    })
}

fn issuer(claims: &IdTokenClaims, key: &VerificationKey, expected: &Expectations<'_>) -> Result<(), IdTokenError> {
    let found = claims.iss.as_deref().ok_or(IdTokenError::Missing { name: "iss" })?;
    if expected.is_entra && claims.tid.is_none() {
        return Err(IdTokenError::Missing { name: "tid" });
    }
    let tenant = claims.tid.as_deref();

    let pattern = &expected.metadata.issuer;
    if !pattern.matches(found, tenant) {
        return Err(IdTokenError::Issuer { expected: pattern.clone(), found: found.to_owned() });
    }

    // Tenant-independent key sets hold keys of several issuers, and of another cloud.
    if let Some(key_issuer) = &key.issuer
        && !key_issuer.matches(found, tenant)
    {
        return Err(IdTokenError::KeyIssuer { expected: key_issuer.clone(), found: found.to_owned() });
    }
    match (&key.cloud_instance_name, &expected.metadata.cloud_instance_name) {
        (Some(found), Some(expected)) if found != expected => {
            Err(IdTokenError::KeyCloud { expected: expected.clone(), found: found.clone() })
        }
        _ => Ok(()),
    }
}

fn audience(claims: &IdTokenClaims, client_id: &str) -> Result<(), IdTokenError> {
    match claims.aud.as_deref() {
        None => Err(IdTokenError::Missing { name: "aud" }),
        Some(found) if found == client_id => Ok(()),
        Some(found) => Err(IdTokenError::Audience { expected: client_id.to_owned(), found: found.to_owned() }),
    }
}

fn times(claims: &IdTokenClaims, now: UnixTime) -> Result<(), IdTokenError> {
    let expired_at = claims.exp.ok_or(IdTokenError::Missing { name: "exp" })?;
    if now >= expired_at + CLOCK_LEEWAY {
        return Err(IdTokenError::Expired { expired_at, now });
    }
    let latest = now + CLOCK_LEEWAY;
    if let Some(valid_from) = claims.nbf
        && valid_from > latest
    {
        return Err(IdTokenError::NotYetValid { valid_from, now });
    }
    let issued_at = claims.iat.ok_or(IdTokenError::Missing { name: "iat" })?;
    if issued_at > latest {
        return Err(IdTokenError::IssuedLater { issued_at, now });
    }
    Ok(())
}

/// The token answers this attempt, and belongs to the access token beside it (§3.1.3.6).
fn binding(claims: &IdTokenClaims, expected: &Expectations<'_>) -> Result<(), IdTokenError> {
    let nonce = claims.nonce.as_deref().ok_or(IdTokenError::Missing { name: "nonce" })?;
    verify_slices_are_equal(nonce.as_bytes(), expected.nonce.as_bytes()).map_err(|_| IdTokenError::Nonce)?;

    if let Some(found) = &claims.at_hash {
        let hash = digest(&SHA256, expected.access_token.as_bytes());
        if *found != URL_SAFE_NO_PAD.encode(&hash.as_ref()[..16]) {
            return Err(IdTokenError::AccessTokenHash);
        }
    }
    Ok(())
}

fn user_id(claims: &IdTokenClaims, expected: &Expectations<'_>) -> Result<UserId, IdTokenError> {
    let subject = claims.sub.as_deref().filter(|subject| !subject.is_empty());
    let subject = subject.ok_or(IdTokenError::Missing { name: "sub" })?;
    if !expected.is_entra {
        let issuer = claims.iss.clone().ok_or(IdTokenError::Missing { name: "iss" })?;
        return Ok(UserId::OpenId { issuer, subject: subject.to_owned() });
    }

    let tenant = claims.tid.as_deref().ok_or(IdTokenError::Missing { name: "tid" })?;
    let tenant: Guid = tenant.parse().map_err(|_| IdTokenError::NotAnId { name: "tid" })?;
    match expected.metadata.tenant {
        Some(only) if only != tenant => return Err(IdTokenError::OtherTenant { expected: only, found: tenant }),
        _ => {}
    }
    if !expected.tenants.accepts(tenant) {
        return Err(IdTokenError::TenantNotAccepted { found: tenant });
    }
    let object = claims.oid.as_deref().ok_or(IdTokenError::ObjectMissing)?;
    let object = object.parse().map_err(|_| IdTokenError::NotAnId { name: "oid" })?;
    Ok(UserId::Entra { tenant, object })
}

#[cfg(test)]
#[path = "id_token_tests.rs"]
pub(crate) mod tests;
