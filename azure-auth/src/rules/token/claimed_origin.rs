//! Where a token says that it comes from, before anybody has verified it: for diagnosis alone.

use std::fmt;

use azure_auth_policy::Guid;
use url::Url;

use super::signature::SignedToken;
use crate::model::callers::claims::{ClaimsReader, Dialect, TokenClaims};
use crate::model::json;
use crate::model::settings::authority::is_microsoft_host;

/// Only what cannot be anybody's invention in the log: a tenant's id, and a host of Microsoft's.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ClaimedOrigin {
    tenant: Option<Guid>,
    issuer: ClaimedIssuer,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
enum ClaimedIssuer {
    #[default]
    Unsaid,
    Microsoft(String),
    Other,
}

impl ClaimedOrigin {
    pub(crate) fn of(token: &SignedToken<'_>) -> Self {
        let mut reader = ClaimsReader { claims: TokenClaims::default(), dialect: Dialect::Entra, keep: &[] };
        let is_read = token.unverified_payload().is_some_and(|bytes| json::read(&bytes, &mut reader).is_ok());
        if !is_read {
            return Self::default();
        }
        let tenant = reader.claims.tid.as_deref().and_then(|id| id.parse().ok());
        let issuer = reader.claims.iss.as_deref().map_or(ClaimedIssuer::Unsaid, |issuer| {
            let host = Url::parse(issuer).ok().and_then(|url| url.host_str().map(ToOwned::to_owned));
            host.filter(|host| is_microsoft_host(host)).map_or(ClaimedIssuer::Other, ClaimedIssuer::Microsoft)
        });
        Self { tenant, issuer }
    }
}

impl fmt::Display for ClaimedOrigin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.tenant, &self.issuer) {
            (Some(tenant), ClaimedIssuer::Microsoft(host)) => write!(formatter, "tenant {tenant} at {host}"),
            (Some(tenant), _) => write!(formatter, "tenant {tenant} of another provider"),
            (None, ClaimedIssuer::Microsoft(host)) => write!(formatter, "no tenant at {host}"),
            (None, ClaimedIssuer::Other) => formatter.write_str("another provider"),
            (None, ClaimedIssuer::Unsaid) => formatter.write_str("nobody"),
        }
    }
}
