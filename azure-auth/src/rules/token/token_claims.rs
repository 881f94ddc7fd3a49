//! What ID tokens and access tokens are both asked: issuer, key, times, tenant.

use std::time::Duration;

use azure_auth_policy::Guid;
use thiserror::Error;

use super::signature::VerificationKey;
use crate::model::callers::claims::TokenClaims;
use crate::model::json::printable;
use crate::model::providers::issuer::IssuerPattern;
use crate::model::providers::provider_metadata::ProviderMetadata;
use crate::model::refusals::diagnosis::{Details, Diagnosed};
use crate::model::settings::tenants::AcceptedTenants;
use crate::model::unix_time::UnixTime;

/// Tolerated difference between our clock and the provider's: 300 seconds, as in Microsoft's own libraries.
pub(crate) const CLOCK_LEEWAY: Duration = Duration::from_secs(300);

/// Why a claim does not fit. Expected and found are identifiers and instants, never names or addresses.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(crate) enum ClaimError {
    #[error("the claim `{name}` is missing")]
    Missing { name: &'static str },
    /// Usual cause: the authority names another tenant than the one that issued the token; a developer can fix it.
    #[error("the token was issued by `{found}`, expected `{expected}`")]
    Issuer { expected: IssuerPattern, found: String },
    /// A key that may sign for one tenant signed for another.
    #[error("the key that signed may sign for `{expected}` only, the token was issued by `{found}`")]
    KeyIssuer { expected: IssuerPattern, found: String },
    #[error("the key that signed belongs to the cloud `{found}`, the authority to `{expected}`")]
    KeyCloud { expected: String, found: String },
    #[error("the token expired at {}, now is {}", .expired_at.0, .now.0)]
    Expired { expired_at: UnixTime, now: UnixTime },
    #[error("the token is not valid before {}, now is {}", .valid_from.0, .now.0)]
    NotYetValid { valid_from: UnixTime, now: UnixTime },
    #[error("the token was issued at {}, now is {}", .issued_at.0, .now.0)]
    IssuedLater { issued_at: UnixTime, now: UnixTime },
    #[error("the claim `{name}` is not a directory id")]
    NotAnId { name: &'static str },
    #[error("the token is of tenant {found}, expected {expected}")]
    OtherTenant { expected: Guid, found: Guid },
    /// Usual cause: a tenant that `AZURE_VALID_TENANT_IDS` does not list.
    #[error("tenant {found} is not accepted")]
    TenantNotAccepted { found: Guid },
}

impl Diagnosed for ClaimError {
    fn details(&self) -> Details {
        let at = |moment: &UnixTime| format!("{} (Unix time)", moment.0);
        match self {
            Self::Missing { name } => Details::new(format!("no claim `{name}`"), format!("the claim `{name}`")),
            Self::Issuer { expected, found } | Self::KeyIssuer { expected, found } => {
                Details::new(format!("`iss` {found}"), expected.to_string())
            }
            Self::KeyCloud { expected, found } => {
                Details::new(format!("a key of the cloud {found}"), format!("a key of the cloud {expected}"))
            }
            Self::Expired { expired_at, now } => {
                Details::new(format!("`exp` {}", at(expired_at)), format!("a time after {}", at(now)))
            }
            Self::NotYetValid { valid_from, now } => {
                Details::new(format!("`nbf` {}", at(valid_from)), format!("a time before {}", at(now)))
            }
            Self::IssuedLater { issued_at, now } => {
                Details::new(format!("`iat` {}", at(issued_at)), format!("a time before {}", at(now)))
            }
            Self::NotAnId { name } => Details::new(format!("`{name}` in another form"), "a GUID"),
            Self::OtherTenant { expected, found } => {
                Details::new(format!("tenant {found}"), format!("tenant {expected}"))
            }
            Self::TenantNotAccepted { found } => {
                Details::new(format!("tenant {found}"), "a tenant that AZURE_VALID_TENANT_IDS lists")
            }
        }
    }
}

impl ClaimError {
    /// What to do where the provider says it of who signs in.
    pub(crate) fn remedy_in_id_token(&self) -> &'static str {
        match self {
            Self::Issuer { .. } | Self::KeyIssuer { .. } | Self::KeyCloud { .. } | Self::OtherTenant { .. } => {
                "check the tenant in `AZURE_ISSUER_URI`"
            }
            Self::Expired { .. } | Self::NotYetValid { .. } | Self::IssuedLater { .. } => {
                "set the clock of this machine (`timedatectl status` tells whether it is synchronised)"
            }
            Self::TenantNotAccepted { .. } => "add the tenant to `AZURE_VALID_TENANT_IDS` if its people may come in",
            Self::Missing { .. } | Self::NotAnId { .. } => {
                "check that `AZURE_ISSUER_URI` names the provider that was meant; it leaves out what its kind has to say"
            }
        }
    }
}

/// The issuer is the one of the configured authority.
pub(crate) fn check_issuer_pattern<'c>(
    claims: &'c TokenClaims,
    expected: &IssuerPattern,
) -> Result<&'c str, ClaimError> {
    let found = claims.iss.as_deref().ok_or(ClaimError::Missing { name: "iss" })?;
    if expected.matches(found, claims.tid.as_deref()) {
        Ok(found)
    } else {
        Err(ClaimError::Issuer { expected: expected.clone(), found: printable(found) })
    }
}

/// The key may sign for this issuer: tenant-independent key sets hold keys of several, and of another cloud.
pub(crate) fn check_key(
    key: &VerificationKey,
    issuer: &str,
    tenant: Option<&str>,
    metadata: &ProviderMetadata,
) -> Result<(), ClaimError> {
    if let Some(expected) = &key.issuer
        && !expected.matches(issuer, tenant)
    {
        return Err(ClaimError::KeyIssuer { expected: expected.clone(), found: printable(issuer) });
    }
    match (&key.cloud_instance_name, &metadata.cloud_instance_name) {
        (Some(found), Some(expected)) if found != expected => {
            Err(ClaimError::KeyCloud { expected: expected.clone(), found: found.clone() })
        }
        _ => Ok(()),
    }
}

/// The token is valid now, give or take the leeway. `exp` is required, `nbf` and `iat` count where they are present.
pub(crate) fn check_times(claims: &TokenClaims, now: UnixTime) -> Result<UnixTime, ClaimError> {
    let expired_at = claims.exp.ok_or(ClaimError::Missing { name: "exp" })?;
    if now >= expired_at + CLOCK_LEEWAY {
        return Err(ClaimError::Expired { expired_at, now });
    }
    let latest = now + CLOCK_LEEWAY;
    if let Some(valid_from) = claims.nbf
        && valid_from > latest
    {
        return Err(ClaimError::NotYetValid { valid_from, now });
    }
    if let Some(issued_at) = claims.iat
        && issued_at > latest
    {
        return Err(ClaimError::IssuedLater { issued_at, now });
    }
    Ok(expired_at + CLOCK_LEEWAY)
}

/// The tenant of the token is that of the authority, and one of the accepted.
pub(crate) fn check_tenant(
    claims: &TokenClaims,
    metadata: &ProviderMetadata,
    accepted: &AcceptedTenants,
) -> Result<Guid, ClaimError> {
    let found = id(claims.tid.as_deref(), "tid")?;
    match metadata.tenant {
        Some(expected) if expected != found => return Err(ClaimError::OtherTenant { expected, found }),
        _ => {}
    }
    if accepted.accepts(found) { Ok(found) } else { Err(ClaimError::TenantNotAccepted { found }) }
}

/// A claim that is a directory id.
pub(crate) fn id(claim: Option<&str>, name: &'static str) -> Result<Guid, ClaimError> {
    claim.ok_or(ClaimError::Missing { name })?.parse().map_err(|_| ClaimError::NotAnId { name })
}
