//! Every named way to be wrong.

use std::str::FromStr;

use thiserror::Error;

/// A name that no [`Defect`] has.
///
/// ```
/// use azure_auth_emulator::Defect;
///
/// let error = "SignatureBorken".parse::<Defect>().unwrap_err();
/// assert!(error.to_string().starts_with("found the defect \"SignatureBorken\", expected one of SignatureBroken, "));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("found the defect {found:?}, expected one of {}", Defect::ALL.iter().map(|defect| defect.name()).collect::<Vec<_>>().join(", "))]
pub struct UnknownDefect {
    found: String,
}

impl FromStr for Defect {
    type Err = UnknownDefect;

    /// Case does not matter.
    fn from_str(text: &str) -> Result<Self, UnknownDefect> {
        let mut all = Self::ALL.iter().copied();
        all.find(|defect| defect.name().eq_ignore_ascii_case(text))
            .ok_or_else(|| UnknownDefect { found: text.to_owned() })
    }
}

macro_rules! defects {
    ($($(#[doc = $doc:literal])+ $name:ident,)+) => {
        /// One way in which the emulator is wrong on purpose, and only that one.
        ///
        /// Every relying party must refuse what is wrong. With some defects it must go on working; these say so. Those
        /// about tenants and clouds mean nothing at the ordinary provider, which has neither.
        ///
        /// ```
        /// # #[tokio::main(flavor = "current_thread")]
        /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
        /// use azure_auth_emulator::{Defect, Emulator};
        ///
        /// let emulator = Emulator::start().await?;
        /// for defect in Defect::ALL {
        ///     emulator.inject(*defect);
        ///     // … sign in, and see that it fails …
        ///     emulator.clear_defects();
        /// }
        /// # Ok(())
        /// # }
        /// ```
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Defect {
            $($(#[doc = $doc])+ $name,)+
        }

        impl Defect {
            /// All of them, to try one after the other.
            ///
            /// ```
            /// use azure_auth_emulator::Defect;
            ///
            /// assert!(Defect::ALL.contains(&Defect::SignatureBroken));
            /// ```
            pub const ALL: &[Self] = &[$(Self::$name,)+];

            /// Its name, as the command line and the page of the emulator take it.
            ///
            /// ```
            /// use azure_auth_emulator::Defect;
            ///
            /// assert_eq!("SignatureBroken".parse(), Ok(Defect::SignatureBroken));
            /// assert_eq!(Defect::SignatureBroken.name(), "SignatureBroken");
            /// ```
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$name => stringify!($name),)+
                }
            }

            /// What is wrong, in a sentence.
            pub(crate) const fn description(self) -> &'static str {
                match self {
                    $(Self::$name => concat!($($doc),+),)+
                }
            }
        }
    };
}

defects! {
    /// The ID token's signature has one bit changed.
    SignatureBroken,
    /// The ID token says `alg: none` and has no signature.
    AlgorithmNone,
    /// The ID token is signed with HMAC, with the public key as the secret.
    AlgorithmHs256WithPublicKey,
    /// The ID token is signed with RS384.
    AlgorithmRs384,
    /// The ID token's `iss` is another issuer's.
    IssuerWrong,
    /// The ID token has no `iss`.
    IssuerMissing,
    /// The ID token's `iss` goes on after the issuer.
    IssuerWithExtraPath,
    /// The ID token is for another client.
    AudienceWrong,
    /// The ID token has no `aud`.
    AudienceMissing,
    /// The ID token's `aud` is a list.
    AudienceList,
    /// The ID token's `aud` is a list that holds another client only.
    AudienceListOfOthers,
    /// The ID token is for another client as well, and does not say which of them asked for it.
    AudiencesWithoutParty,
    /// The ID token's `azp` is another client.
    AuthorizedPartyWrong,
    /// The ID token has no `exp`.
    ExpiryMissing,
    /// The ID token expired ten minutes ago.
    Expired,
    /// The ID token expired five minutes ago, less a fraction of a second.
    ExpiredByFraction,
    /// The ID token's `exp` is a text.
    ExpiryAsText,
    /// The ID token is not valid before ten minutes from now.
    NotBeforeInFuture,
    /// The ID token says that it was issued ten minutes from now.
    IssuedInFuture,
    /// The ID token has no `iat`.
    IssuedAtMissing,
    /// The ID token's `nonce` is of another attempt.
    NonceWrong,
    /// The ID token has no `nonce`.
    NonceMissing,
    /// The ID token's `tid` is another tenant's, but its `iss` is not.
    TenantWrong,
    /// The ID token has no `tid`.
    TenantMissing,
    /// The ID token's `tid` is not a GUID.
    TenantNotId,
    /// The ID token has `tid` and `TID`.
    TenantDuplicated,
    /// The ID token has no `sub`.
    SubjectMissing,
    /// The ID token has no `oid`.
    ObjectMissing,
    /// The ID token's `kid` is in no key set.
    KeyUnknown,
    /// The ID token has no `kid`.
    KeyMissing,
    /// The ID token has no `kid`, and there are several keys.
    KeyMissingOfSeveral,
    /// The ID token is signed by the key of another cloud.
    KeyForeignCloud,
    /// The ID token of a work tenant is signed by the key of personal accounts.
    KeyOfConsumers,
    /// The ID token is signed by a key that left the key set.
    KeyRetired,
    /// The ID token's `at_hash` is of another access token.
    AccessTokenHashWrong,
    /// The ID token's header has a critical extension.
    CriticalHeader,
    /// The ID token has five parts, as if encrypted.
    Encrypted,
    /// The token answer has no ID token.
    IdTokenMissing,
    /// The token answer has no access token.
    AccessTokenMissing,
    /// The token answer does not say which kind of tokens it has.
    TokenTypeMissing,
    /// The token answer says that its tokens are bound to a key (`DPoP`).
    TokenTypeOther,
    /// The token answer's numbers are texts, as at version 1.0. Relying parties live with it.
    NumbersAsText,
    /// The token answer does not say what was granted, which means what was asked for. Relying parties live with it.
    ScopesMissing,
    /// The token answer's scopes are in lower case. Relying parties live with it.
    ScopesInOtherCase,
    /// The token answer's scopes are those asked for and a further one, agreed to before. Relying parties live with it.
    ScopesFurther,
    /// The token answer's scopes, and its access token, have no permission of an API. Signing in needs none.
    ScopesNotGranted,
    /// The token answer's scopes, and its access token, are for another API. Signing in needs none.
    AccessTokenForAnother,
    /// The ID token has more than 64 KiB.
    IdTokenOversized,
    /// The ID token is a text that is not a JWT.
    IdTokenNotJwt,
    /// Everything in the ID token belongs to another tenant.
    ForeignTenant,
    /// The ID token is of version 1.0.
    VersionOne,
    /// The callback brings another `state`.
    StateWrong,
    /// The callback brings no `state`.
    StateMissing,
    /// The callback brings `state` twice.
    StateDuplicated,
    /// The callback brings no `code`.
    CodeMissing,
    /// The callback brings `code` twice.
    CodeDuplicated,
    /// The callback brings an error that contains a script.
    ErrorWithScript,
    /// The callback brings "not assigned" (50105), with an address in its description.
    ErrorNotAssigned,
    /// The callback brings "blocked by Conditional Access" (53003).
    ErrorConditionalAccess,
    /// The callback names another issuer (RFC 9207).
    IssuerParameterWrong,
    /// The token endpoint answers 500 with HTML.
    TokenServerError,
    /// The token endpoint answers 200 with HTML.
    TokenHtml,
    /// The token endpoint answers with more than 1 MiB.
    TokenHuge,
    /// The token endpoint redirects.
    TokenRedirects,
    /// The token endpoint does not answer until the defects are cleared.
    TokenSlow,
    /// The token endpoint says that the secret expired (7000222).
    TokenSecretExpired,
    /// The token endpoint says that the code is spent (54005).
    TokenCodeSpent,
    /// The token endpoint answers 429.
    TokenThrottled,
    /// The userinfo endpoint tells of another person. Relying parties live with it, without the name.
    UserInfoOfAnother,
    /// The userinfo endpoint answers 403. Relying parties live with it, without the name.
    UserInfoRefused,
    /// The userinfo endpoint does not answer until the defects are cleared. Relying parties live with it, without the name.
    UserInfoSlow,
    /// The discovery document is a 500 with HTML.
    DiscoveryServerError,
    /// The discovery document is HTML.
    DiscoveryHtml,
    /// The discovery document has more than 1 MiB.
    DiscoveryHuge,
    /// The discovery document is elsewhere.
    DiscoveryRedirects,
    /// The discovery document does not come until the defects are cleared.
    DiscoverySlow,
    /// The discovery document is another issuer's.
    DiscoveryIssuerWrong,
    /// The discovery document's token endpoint is on another host, without TLS.
    DiscoveryOpenEndpoint,
    /// The discovery document is an empty object.
    DiscoveryEmpty,
    /// The key set is a 500 with HTML.
    KeysServerError,
    /// The key set is HTML.
    KeysHtml,
    /// The key set has more than 1 MiB.
    KeysHuge,
    /// The key set is elsewhere.
    KeysRedirect,
    /// The key set does not come until the defects are cleared.
    KeysSlow,
    /// The key set is empty.
    KeysEmpty,
    /// One key of the set is unusable. Relying parties live with it.
    KeysOneBroken,
    /// The key set has an elliptic-curve key as well. Relying parties live with it.
    KeysWithEllipticCurve,
    /// The endpoint of the managed identity answers 503. Relying parties with another credential do not notice.
    ManagedIdentityUnavailable,
    /// The endpoint of the managed identity answers 429. Relying parties with another credential do not notice.
    ManagedIdentityThrottled,
    /// The endpoint of the managed identity answers 200 with HTML. Relying parties with another credential do not notice.
    ManagedIdentityHtml,
    /// The token of the managed identity expired ten minutes ago. Relying parties with another credential do not notice.
    ManagedIdentityTokenExpired,
    /// The federated token expired ten minutes ago. Relying parties with another credential do not notice.
    FederatedTokenExpired,
    /// The federated token is for another service. Relying parties with another credential do not notice.
    FederatedTokenForAnother,
    /// The clock is ten minutes ahead, by the `Date` of every answer. Relying parties live with it.
    ClockAhead,
    /// The clock is ten minutes behind, by the `Date` of every answer. Relying parties live with it.
    ClockBehind,
}
