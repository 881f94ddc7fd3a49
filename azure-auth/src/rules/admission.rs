//! Requirement × credential → admitted, sign in, or refused and why.

use http::StatusCode;
use thiserror::Error;

use super::same_origin::ForeignRequest;
use crate::model::declaration::{Requirement, Via};
use crate::model::guid::Guid;
use crate::model::identity::Identity;
use crate::model::refusal::Fixer;

/// Scopes of OpenID Connect shape the sign-in and refuse nobody.
pub(crate) const OPENID_SCOPES: [&str; 4] = ["openid", "profile", "email", "offline_access"];

/// What a request brought to prove who sends it.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Credential<'a> {
    /// Neither header nor session.
    None,
    /// A live session, from a request of our own origin where that matters.
    Session(&'a Identity),
    /// A live session on a request that another site may have caused.
    Forged(ForeignRequest),
    /// An `Authorization` header of any scheme: it alone decides, whatever session there is.
    Authorization { headers: usize },
}

/// Why a caller is not admitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub(crate) enum Refusal {
    #[error("no session and no `Authorization` header; sign in, or send an access token")]
    NotSignedIn,
    #[error("the request comes with {found} `Authorization` headers, expected one")]
    SeveralAuthorizations { found: usize },
    #[error("the `Authorization` header is not accepted here; this version admits sessions only")]
    AuthorizationNotAccepted,
    #[error("the handler is for access tokens only (`via = bearer`), the request came with a session; send a token")]
    BearerRequired,
    #[error("tenant {found} may not call this handler; its `tenants` list others")]
    Tenant { found: Guid },
    #[error("the handler lists `tenants`, and the signed-in person has none; this provider has no tenants")]
    NoTenant,
    #[error(transparent)]
    Foreign(#[from] ForeignRequest),
}

/// Judges a caller against what the handler asks. No allocation, no clock: constant data and borrowed facts.
pub(crate) fn judge(requirement: &Requirement, credential: Credential<'_>) -> Result<(), Refusal> {
    let identity = authenticated(credential)?;
    if requirement.via == Some(Via::Bearer) {
        return Err(Refusal::BearerRequired);
    }
    if requirement.tenants.is_empty() {
        return Ok(());
    }
    let found = identity.tenant().ok_or(Refusal::NoTenant)?;
    let is_listed = requirement.tenants.iter().any(|listed| listed.parse() == Ok(found));
    if is_listed { Ok(()) } else { Err(Refusal::Tenant { found }) }
}

/// The signed-in person behind a credential, whatever is asked of them.
pub(crate) fn authenticated(credential: Credential<'_>) -> Result<&Identity, Refusal> {
    match credential {
        Credential::Session(identity) => Ok(identity),
        Credential::Forged(foreign) => Err(Refusal::Foreign(foreign)),
        Credential::Authorization { headers: 1 } => Err(Refusal::AuthorizationNotAccepted),
        Credential::Authorization { headers } => Err(Refusal::SeveralAuthorizations { found: headers }),
        Credential::None => Err(Refusal::NotSignedIn),
    }
}

impl Refusal {
    /// Stable; never changes its meaning between versions.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::NotSignedIn => "not-signed-in",
            Self::SeveralAuthorizations { .. } => "several-authorizations",
            Self::AuthorizationNotAccepted => "authorization-not-accepted",
            Self::BearerRequired => "bearer-required",
            Self::Tenant { .. } => "tenant-not-admitted",
            Self::NoTenant => "no-tenant",
            Self::Foreign(ForeignRequest::OtherOrigin) => "foreign-origin",
            Self::Foreign(ForeignRequest::Unknown) => "origin-missing",
        }
    }

    pub(crate) fn status(self) -> StatusCode {
        match self {
            Self::NotSignedIn | Self::AuthorizationNotAccepted | Self::BearerRequired => StatusCode::UNAUTHORIZED,
            Self::SeveralAuthorizations { .. } => StatusCode::BAD_REQUEST,
            Self::Tenant { .. } | Self::NoTenant | Self::Foreign(_) => StatusCode::FORBIDDEN,
        }
    }

    pub(crate) fn fixer(self) -> Fixer {
        match self {
            Self::NotSignedIn => Fixer::Visitor,
            Self::Tenant { .. } => Fixer::TenantAdministrator,
            _ => Fixer::Developer,
        }
    }

    /// For the visitor.
    pub(crate) fn sentence(self) -> &'static str {
        match self {
            Self::NotSignedIn => "You are not signed in.",
            Self::SeveralAuthorizations { .. } => "The request proves its sender twice.",
            Self::AuthorizationNotAccepted => "This way of proving who you are is not accepted here.",
            Self::BearerRequired => "This address is for programs only.",
            Self::Tenant { .. } | Self::NoTenant => "Your organisation may not use this page.",
            Self::Foreign(_) => "The request did not come from a page of this application.",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::id_token::tests::{TENANT, entra_identity};
    use crate::rules::session_record::tests::record;

    const ANYONE: Requirement = Requirement { scopes: &[], tenants: &[], via: None };

    #[test]
    fn a_session_is_admitted_where_nothing_more_is_asked() {
        let identity = entra_identity();
        for requirement in [
            ANYONE,
            Requirement { scopes: &["openid", "email", "Files.Read"], ..ANYONE },
            Requirement { via: Some(Via::Session), ..ANYONE },
            Requirement { tenants: &["44444444-cccc-4ddd-8eee-444444444444", TENANT], ..ANYONE },
        ] {
            assert_eq!(judge(&requirement, Credential::Session(&identity)), Ok(()), "{requirement:?}");
        }
    }

    #[test]
    fn each_missing_part_is_refused_with_its_own_reason() {
        let identity = entra_identity();
        let without_tenant = record(0).identity;
        let elsewhere = Requirement { tenants: &["44444444-cccc-4ddd-8eee-444444444444"], ..ANYONE };
        for (requirement, credential, expected, status) in [
            (ANYONE, Credential::None, Refusal::NotSignedIn, 401),
            (ANYONE, Credential::Authorization { headers: 1 }, Refusal::AuthorizationNotAccepted, 401),
            (ANYONE, Credential::Authorization { headers: 2 }, Refusal::SeveralAuthorizations { found: 2 }, 400),
            (
                ANYONE,
                Credential::Forged(ForeignRequest::OtherOrigin),
                Refusal::Foreign(ForeignRequest::OtherOrigin),
                403,
            ),
            (ANYONE, Credential::Forged(ForeignRequest::Unknown), Refusal::Foreign(ForeignRequest::Unknown), 403),
            (
                Requirement { via: Some(Via::Bearer), ..ANYONE },
                Credential::Session(&identity),
                Refusal::BearerRequired,
                401,
            ),
            (elsewhere, Credential::Session(&identity), Refusal::Tenant { found: TENANT.parse().unwrap() }, 403),
            (elsewhere, Credential::Session(&without_tenant), Refusal::NoTenant, 403),
        ] {
            let refusal = judge(&requirement, credential).unwrap_err();
            assert_eq!((refusal, refusal.status().as_u16()), (expected, status));
            assert!(
                refusal.sentence().ends_with('.')
                    && !refusal.code().is_empty()
                    && !refusal.fixer().to_string().is_empty()
            );
        }
    }
}
