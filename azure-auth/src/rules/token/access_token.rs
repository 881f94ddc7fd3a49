//! Is this access token acceptable here and now?

use std::sync::Arc;
use std::time::Duration;

use azure_auth_policy::Guid;
use thiserror::Error;

use super::claimed_origin::ClaimedOrigin;
use super::signature::{KeysAt, SignatureError, SignedToken, VerificationKey};
use super::token_claims::{self, ClaimError};
use crate::model::callers::claims::{ClaimsReader, Dialect, TokenClaims};
use crate::model::callers::identity::UserId;
use crate::model::callers::principal::{ApplicationIdentity, Evidence, Party, Permissions, Principal};
use crate::model::downstream::tokens_in_hand::TokensInHand;
use crate::model::json::{self, JsonProblem, printable};
use crate::model::providers::provider_metadata::ProviderMetadata;
use crate::model::refusals::diagnosis::{Details, Diagnosed};
use crate::model::refusals::reason::Reason;
use crate::model::settings::tenants::AcceptedTenants;
use crate::model::unix_time::UnixTime;

/// What a token must say to open this API.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Expectations<'a> {
    pub(crate) metadata: &'a ProviderMetadata,
    pub(crate) tenants: &'a AcceptedTenants,
    /// Without trailing slashes.
    pub(crate) audiences: &'a [String],
    /// Names of further claims to keep.
    pub(crate) keep: &'a [String],
}

/// Proof that an access token passed every check. Who calls is known from here or from a session, and nowhere else.
#[derive(Debug)]
pub(crate) struct ValidatedAccessToken(Principal);

impl ValidatedAccessToken {
    pub(crate) fn into_principal(self) -> Principal {
        self.0
    }
}

/// A token that was refused, and what it said of itself. None of that is a secret, a name or an address.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{error}")]
pub(crate) struct RefusedAccessToken {
    pub(crate) error: AccessTokenError,
    pub(crate) facts: TokenFacts,
    /// Where its key was looked for in vain.
    pub(crate) search: Option<KeySearch>,
}

/// Where a key was looked for, and what the token says of its origin. Nobody has verified that: only a tenant's id and the
/// cloud of an issuer that is known are taken from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct KeySearch {
    /// How many keys are loaded.
    pub(crate) keys: usize,
    pub(crate) age: Duration,
    /// Whose they are.
    pub(crate) issuer: String,
    pub(crate) claimed: ClaimedOrigin,
}

/// Facts for the log. Before the signature is verified only the key's id is known, and it may be anyone's invention.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct TokenFacts {
    pub(crate) kid: Option<String>,
    pub(crate) iss: Option<String>,
    pub(crate) aud: Option<String>,
    pub(crate) tid: Option<String>,
    pub(crate) azp: Option<String>,
    pub(crate) uti: Option<String>,
}

/// Why an access token was refused.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(crate) enum AccessTokenError {
    #[error("access tokens of this provider have no shape that is known here")]
    NotAccepted,
    #[error(transparent)]
    Signature(#[from] SignatureError),
    /// Usual cause: the client asked for `User.Read` and sends what it got to another API.
    #[error("the token is for Microsoft Graph (its header has a `nonce`)")]
    OfGraph,
    #[error("the claims cannot be read: {0}")]
    Unreadable(JsonProblem),
    #[error("the token is an ID token")]
    IsIdToken,
    #[error(transparent)]
    Claim(#[from] ClaimError),
    #[error("the token is of version {found:?}, expected \"1.0\" or \"2.0\"")]
    Version { found: String },
    /// Usual cause: the registration of this API does not ask for version 2.0.
    #[error("the token is of version 1.0, issued by `{found}`, and this authority's are issued by `{expected}`")]
    FirstVersion { expected: String, found: String },
    #[error("the token is for `{found}`, expected {}", expected.join(" or "))]
    Audience { expected: Vec<String>, found: String },
    /// Usual cause: the client was granted nothing, and asked for `/.default`. A person's `roles` are not the client's.
    #[error("the token has neither `scp` nor an application's own `roles`")]
    WithoutPermission,
    #[error("the token says `idtyp` is `{idtyp}` and has {found}")]
    Contradiction { idtyp: &'static str, found: &'static str },
}

impl RefusedAccessToken {
    /// Whether the key that it names is not among those that are loaded.
    pub(crate) fn lacks_key(&self) -> bool {
        self.error == AccessTokenError::Signature(SignatureError::KeyUnknown)
    }
}

/// Reads an access token as far as its header. It is read once, however often keys are fetched for it.
pub(crate) fn read(token: &str) -> Result<SignedToken<'_>, Box<RefusedAccessToken>> {
    SignedToken::read(token).map_err(|error| {
        Box::new(RefusedAccessToken { error: error.into(), facts: TokenFacts::default(), search: None })
    })
}

/// Validates an access token, from its signature to the principal it proves.
///
/// The order finds the true cause first: what kind of token it is, then key and signature, issuer, audience, times,
/// tenant, and last what it permits.
pub(crate) fn validate(
    signed: &SignedToken<'_>,
    keys: KeysAt<'_>,
    expected: &Expectations<'_>,
    now: UnixTime,
) -> Result<ValidatedAccessToken, Box<RefusedAccessToken>> {
    let mut facts = TokenFacts::default();
    let outcome = verified_claims(signed, keys, expected.keep).and_then(|(claims, key)| {
        let outcome = judge(&claims, key, expected, now);
        if outcome.is_err() {
            facts.take_over(&claims);
        }
        outcome.map(|judged| judged.principal(claims))
    });
    outcome.map(ValidatedAccessToken).map_err(|error| {
        facts.kid = signed.key_id().map(printable);
        Box::new(RefusedAccessToken { error, facts, search: None })
    })
}

fn verified_claims<'k>(
    signed: &SignedToken<'_>,
    keys: KeysAt<'k>,
    keep: &[String],
) -> Result<(TokenClaims, &'k VerificationKey), AccessTokenError> {
    if signed.has_nonce {
        return Err(AccessTokenError::OfGraph);
    }
    let verified = signed.verify(keys)?;
    let mut reader = ClaimsReader { claims: TokenClaims::default(), dialect: Dialect::Entra, keep };
    json::read(&verified.bytes, &mut reader).map_err(AccessTokenError::Unreadable)?;
    Ok((reader.claims, verified.key))
}

/// What the checks found out.
struct Judged {
    tenant: Guid,
    object: Option<Guid>,
    kind: Kind,
    ends_at: UnixTime,
}

enum Kind {
    User { object: Guid },
    Application { client_id: String },
}

fn judge(
    claims: &TokenClaims,
    key: &VerificationKey,
    expected: &Expectations<'_>,
    now: UnixTime,
) -> Result<Judged, AccessTokenError> {
    if is_id_token(claims) {
        return Err(AccessTokenError::IsIdToken);
    }
    check_issuer(claims, key, expected.metadata)?;
    check_audience(claims, expected.audiences)?;
    let ends_at = token_claims::check_times(claims, now)?;
    let tenant = token_claims::check_tenant(claims, expected.metadata, expected.tenants)?;
    let kind = read_kind(claims)?;
    let object = claims.oid.as_deref().and_then(|object| object.parse().ok());
    Ok(Judged { tenant, object, kind, ends_at })
}

/// ID tokens name no client and permit nothing; access tokens name theirs.
fn is_id_token(claims: &TokenClaims) -> bool {
    claims.azp.is_none() && claims.appid.is_none() && claims.scp.is_none() && claims.idtyp.is_none()
}

/// By its version a token is judged against one of the authority's two issuers, whichever endpoint issued it: the
/// registration of the API decides.
fn check_issuer(
    claims: &TokenClaims,
    key: &VerificationKey,
    metadata: &ProviderMetadata,
) -> Result<(), AccessTokenError> {
    let tenant = claims.tid.as_deref().ok_or(ClaimError::Missing { name: "tid" })?;
    match claims.ver.as_deref().ok_or(ClaimError::Missing { name: "ver" })? {
        "2.0" => {
            let found = token_claims::check_issuer_pattern(claims, &metadata.issuer)?;
            Ok(token_claims::check_key(key, found, Some(tenant), metadata)?)
        }
        "1.0" => {
            let Some(first_version) = &metadata.first_version_issuer else {
                let found = claims.iss.as_deref().ok_or(ClaimError::Missing { name: "iss" })?;
                let expected = metadata.issuer.to_string();
                return Err(AccessTokenError::FirstVersion { expected, found: printable(found) });
            };
            token_claims::check_issuer_pattern(claims, first_version)?;
            // Keys name the issuer of version 2.0 only: a key that may sign for the tenant there may sign here.
            Ok(token_claims::check_key(key, &metadata.issuer.of_tenant(tenant), Some(tenant), metadata)?)
        }
        other => Err(AccessTokenError::Version { found: printable(other) }),
    }
}

/// Exactly one of the audiences, give or take one trailing slash: version 1.0 tokens carry what the client wrote.
fn check_audience(claims: &TokenClaims, audiences: &[String]) -> Result<(), AccessTokenError> {
    let found = claims.aud.as_deref().ok_or(ClaimError::Missing { name: "aud" })?;
    let plain = found.strip_suffix('/').unwrap_or(found);
    if audiences.iter().any(|audience| audience == plain) {
        return Ok(());
    }
    if matches!(plain, "https://graph.microsoft.com" | "00000003-0000-0000-c000-000000000000") {
        return Err(AccessTokenError::OfGraph);
    }
    Err(AccessTokenError::Audience { expected: audiences.to_vec(), found: printable(found) })
}

/// `idtyp` where the registration asks for it; otherwise a token with `scp` is delegated, and one with `roles` alone is
/// an application's own if the application is its subject. A person's roles alone prove no permission of the client.
fn read_kind(claims: &TokenClaims) -> Result<Kind, AccessTokenError> {
    let has_scopes = claims.scp.as_deref().is_some_and(|scopes| !scopes.trim().is_empty());
    match (claims.idtyp.as_deref(), has_scopes, !claims.roles.is_empty()) {
        (Some("app"), true, _) => Err(AccessTokenError::Contradiction { idtyp: "app", found: "`scp`" }),
        (Some("app"), false, true) => application(claims),
        (None, false, true) if is_about_an_application(claims) => application(claims),
        (_, true, _) => Ok(Kind::User { object: token_claims::id(claims.oid.as_deref(), "oid")? }),
        (_, false, _) => Err(AccessTokenError::WithoutPermission),
    }
}

/// Microsoft's sign of an application's own token where `idtyp` is not asked for: its `sub` is its object id. A person's
/// `sub` is another for every application, and an API may be so registered that a person's token has no `scp`.
fn is_about_an_application(claims: &TokenClaims) -> bool {
    claims.scp.is_none() && claims.sub.is_some() && claims.sub == claims.oid
}

fn application(claims: &TokenClaims) -> Result<Kind, AccessTokenError> {
    let client_id = claims.azp.as_ref().or(claims.appid.as_ref()).ok_or(ClaimError::Missing { name: "azp" })?;
    Ok(Kind::Application { client_id: client_id.clone() })
}

impl Judged {
    fn principal(self, mut claims: TokenClaims) -> Principal {
        let groups = claims.groups_found();
        let permissions = Permissions(claims.scp.take().unwrap_or_default());
        let client_id = claims.azp.take().or_else(|| claims.appid.take());
        let party = match self.kind {
            Kind::User { object } => {
                Party::User(Arc::new(claims.into_identity(UserId::Entra { tenant: self.tenant, object })))
            }
            Kind::Application { client_id } => Party::Application(Arc::new(ApplicationIdentity {
                client_id,
                object: self.object,
                tenant: self.tenant,
                roles: claims.roles,
            })),
        };
        Principal {
            party,
            evidence: Evidence::Bearer(permissions),
            client_id,
            groups,
            ends_at: self.ends_at,
            known_until: self.ends_at,
            tokens: TokensInHand::default(),
        }
    }
}

impl TokenFacts {
    fn take_over(&mut self, claims: &TokenClaims) {
        let text = |claim: &Option<String>| claim.as_deref().map(printable);
        self.iss = text(&claims.iss);
        self.aud = text(&claims.aud);
        self.tid = text(&claims.tid);
        self.azp = text(&claims.azp).or_else(|| text(&claims.appid));
        self.uti = text(&claims.uti);
    }
}

impl Diagnosed for RefusedAccessToken {
    fn details(&self) -> Details {
        let Some(KeySearch { keys, age, issuer, claimed }) = &self.search else { return self.error.details() };
        let id = self.facts.kid.as_deref().unwrap_or("none");
        Details::new(
            format!("`kid` {id} of a token that says it is of {claimed}"),
            format!("one of the {keys} keys of {issuer}, loaded {} s ago", age.as_secs()),
        )
    }
}

impl Diagnosed for AccessTokenError {
    fn details(&self) -> Details {
        match self {
            Self::NotAccepted => Details::new("an access token of another kind of provider", "a session"),
            Self::Signature(error) => error.details(),
            Self::OfGraph => Details::new("a token for Microsoft Graph", "a token for this API"),
            Self::Unreadable(problem) => Details::new(problem.to_string(), "a JSON object with every claim once"),
            Self::IsIdToken => Details::new("an ID token", "an access token"),
            Self::Claim(error) => error.details(),
            Self::Version { found } => Details::new(format!("`ver` {found}"), "1.0 or 2.0"),
            Self::FirstVersion { expected, found } => {
                Details::new(format!("`ver` 1.0, `iss` {found}"), format!("`iss` {expected}"))
            }
            Self::Audience { expected, found } => Details::new(format!("`aud` {found}"), expected.join(" or ")),
            Self::WithoutPermission => Details::new("neither `scp` nor `roles`", "a permission of this API"),
            Self::Contradiction { idtyp, found } => {
                Details::new(format!("`idtyp` {idtyp} and {found}"), "one of the two")
            }
        }
    }
}

impl AccessTokenError {
    pub(crate) fn reason(&self) -> Reason {
        match self {
            Self::NotAccepted => Reason::TokenNotAccepted,
            Self::Signature(error) => match error {
                SignatureError::TooLong { .. } => Reason::TokenTooLong,
                SignatureError::Encrypted => Reason::TokenEncrypted,
                SignatureError::Algorithm { .. } => Reason::TokenAlgorithm,
                SignatureError::KeyMissing => Reason::TokenKeyMissing,
                SignatureError::KeyUnknown => Reason::TokenKeyUnknown,
                SignatureError::Signature => Reason::TokenSignature,
                SignatureError::NotCompact { .. }
                | SignatureError::NotBase64 { .. }
                | SignatureError::Header(_)
                | SignatureError::Critical
                | SignatureError::Kind { .. } => Reason::TokenMalformed,
            },
            Self::OfGraph => Reason::TokenOfGraph,
            Self::IsIdToken => Reason::TokenIsIdToken,
            Self::Claim(error) => match error {
                ClaimError::Missing { .. } | ClaimError::NotAnId { .. } => Reason::TokenClaims,
                ClaimError::Issuer { .. }
                | ClaimError::KeyIssuer { .. }
                | ClaimError::KeyCloud { .. }
                | ClaimError::OtherTenant { .. } => Reason::TokenIssuer,
                ClaimError::Expired { .. } => Reason::TokenExpired,
                ClaimError::NotYetValid { .. } | ClaimError::IssuedLater { .. } => Reason::TokenNotYetValid,
                ClaimError::TenantNotAccepted { .. } => Reason::TokenTenantNotAccepted,
            },
            Self::Unreadable(_) | Self::Version { .. } | Self::Contradiction { .. } => Reason::TokenClaims,
            Self::FirstVersion { .. } => Reason::TokenFirstVersion,
            Self::Audience { .. } => Reason::TokenAudience,
            Self::WithoutPermission => Reason::TokenWithoutPermission,
        }
    }
}

#[cfg(test)]
#[path = "access_token_tests.rs"]
mod tests;
