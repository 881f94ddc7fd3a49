//! The strict reader of signed tokens: compact JWS, RS256, a key of the provider. Every token passes here.

use std::collections::HashMap;
use std::fmt;
use std::time::Duration;

use aws_lc_rs::rsa::PublicKeyComponents;
use aws_lc_rs::signature::{ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use thiserror::Error;

use crate::model::json::{self, JsonProblem, Member, MemberHandling, MemberReader, printable};
use crate::model::moment::Moment;
use crate::model::providers::issuer::IssuerPattern;
use crate::model::providers::key_set::{JsonWebKey, JsonWebKeySet};
use crate::model::refusals::diagnosis::{Details, Diagnosed};

/// Longer tokens are refused before any work. Entra's own stay below: 200 groups make about 11 KiB.
pub(crate) const TOKEN_SIZE_LIMIT: usize = 16 * 1024;

/// How long a key stays that an answer has not listed.
pub(crate) const ABSENCE_LIMIT: Duration = Duration::from_secs(900);

/// Why a text is not a token signed by this provider.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(crate) enum SignatureError {
    #[error("the token has {found} bytes; at most {TOKEN_SIZE_LIMIT} are read")]
    TooLong { found: usize },
    /// Usual cause: the application has `tokenEncryptionKeyId` set; a developer removes it.
    #[error("the token is encrypted")]
    Encrypted,
    #[error("the token has {found} parts, expected 3")]
    NotCompact { found: usize },
    #[error("the {part} of the token is not base64url without padding")]
    NotBase64 { part: &'static str },
    #[error("the header of the token cannot be read: {0}")]
    Header(JsonProblem),
    #[error("the token is signed with the algorithm {found}, expected RS256")]
    Algorithm { found: String },
    #[error("the header marks extensions as critical, and none is known here")]
    Critical,
    #[error("the header's `typ` is {found}, expected `JWT`")]
    Kind { found: String },
    #[error("the header names no key (`kid`)")]
    KeyMissing,
    /// Usual cause: the provider changed its keys; the key set is then fetched again.
    #[error("the provider publishes no key with the `kid` of the token")]
    KeyUnknown,
    #[error("the signature does not belong to the token")]
    Signature,
}

/// A token taken apart. Only the header has been read, nothing has been verified.
#[derive(Debug)]
pub(crate) struct SignedToken<'a> {
    signed_part: &'a str,
    payload: &'a str,
    signature: &'a str,
    key_id: Option<String>,
    /// The header has a `nonce`, which only tokens for Microsoft Graph have: their signature is not for others.
    pub(crate) has_nonce: bool,
}

/// The payload of a token whose signature is the provider's, and the key that says for whom it may sign.
#[derive(Debug)]
pub(crate) struct VerifiedPayload<'k> {
    pub(crate) bytes: Vec<u8>,
    pub(crate) key: &'k VerificationKey,
}

/// One public key, ready to verify.
#[derive(Clone)]
pub(crate) struct VerificationKey {
    pub(crate) issuer: Option<IssuerPattern>,
    pub(crate) cloud_instance_name: Option<String>,
    parsed: ParsedPublicKey,
    /// Modulus and exponent as published, to tell keys apart.
    published: [String; 2],
    /// The first answer that did not list it.
    absent_since: Option<Moment>,
}

/// The keys of one provider by their ids.
#[derive(Clone, Debug, Default)]
pub(crate) struct KeySet {
    by_id: HashMap<String, VerificationKey>,
    /// The only key of a provider that does not name its keys.
    unnamed: Option<VerificationKey>,
    /// Asked at every request, and so not looked for each time.
    is_in_doubt: bool,
}

impl Diagnosed for SignatureError {
    fn details(&self) -> Details {
        match self {
            Self::TooLong { found } => {
                Details::new(format!("{found} bytes"), format!("at most {TOKEN_SIZE_LIMIT} bytes"))
            }
            Self::Encrypted => Details::new("five parts: an encrypted token", "three parts: a signed token"),
            Self::NotCompact { found } => Details::new(format!("{found} parts"), "three parts: a signed token"),
            Self::NotBase64 { part } => Details::new(format!("a {part} in another form"), "base64url without padding"),
            Self::Header(problem) => Details::new(problem.to_string(), "a JSON object"),
            Self::Algorithm { found } => Details::new(format!("`alg` {found}"), "RS256"),
            Self::Critical => Details::new("`crit`", "a header without `crit`"),
            Self::Kind { found } => Details::new(format!("`typ` {found}"), "JWT"),
            Self::KeyMissing => Details::new("no `kid`", "the `kid` of a key of the provider"),
            Self::KeyUnknown => Details::new("another `kid`", "the `kid` of a key of the provider"),
            Self::Signature => Details::new("a signature that is not of this text", "the signature of the provider"),
        }
    }
}

/// Keys as they count at one moment: one that answers do not list any more counts for a while.
#[derive(Clone, Copy, Debug)]
pub(crate) struct KeysAt<'k> {
    set: &'k KeySet,
    moment: Moment,
}

impl<'a> SignedToken<'a> {
    /// Takes a token apart and refuses everything but an RS256 signature (RFC 7515 §3.1, RFC 8725 §3.1).
    pub(crate) fn read(token: &'a str) -> Result<Self, SignatureError> {
        if token.len() > TOKEN_SIZE_LIMIT {
            return Err(SignatureError::TooLong { found: token.len() });
        }
        let mut parts = token.split('.');
        let (Some(header), Some(payload), Some(signature), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            let found = token.split('.').count();
            return Err(if found == 5 { SignatureError::Encrypted } else { SignatureError::NotCompact { found } });
        };

        let mut reader = Header::default();
        json::read(&decode(header, "header")?, &mut reader).map_err(SignatureError::Header)?;
        if reader.algorithm.as_deref() != Some("RS256") {
            let found = reader.algorithm.map_or_else(|| "none".to_owned(), |found| printable(&found));
            return Err(SignatureError::Algorithm { found });
        }
        if reader.is_critical {
            return Err(SignatureError::Critical);
        }
        if let Some(kind) = reader.kind.filter(|kind| !kind.eq_ignore_ascii_case("JWT")) {
            return Err(SignatureError::Kind { found: printable(&kind) });
        }
        let signed_part = &token[..header.len() + 1 + payload.len()];
        Ok(Self { signed_part, payload, signature, key_id: reader.key_id, has_nonce: reader.has_nonce })
    }

    /// The claims as they are written, which anybody may have done.
    pub(crate) fn unverified_payload(&self) -> Option<Vec<u8>> {
        decode(self.payload, "payload").ok()
    }

    /// The key that the token names, for looking it up; nothing is verified.
    pub(crate) fn key_id(&self) -> Option<&str> {
        self.key_id.as_deref()
    }

    /// Verifies the signature with the key that the header names. Only then is the payload worth reading.
    pub(crate) fn verify<'k>(&self, keys: KeysAt<'k>) -> Result<VerifiedPayload<'k>, SignatureError> {
        let key = match &self.key_id {
            Some(id) => keys.named(id).ok_or(SignatureError::KeyUnknown)?,
            None => keys.set.unnamed.as_ref().ok_or(SignatureError::KeyMissing)?,
        };
        let signature = decode(self.signature, "signature")?;
        key.parsed.verify_sig(self.signed_part.as_bytes(), &signature).map_err(|_| SignatureError::Signature)?;
        Ok(VerifiedPayload { bytes: decode(self.payload, "payload")?, key })
    }
}

impl KeySet {
    /// Reads a key set. A key that cannot be used here is skipped: others may be fine.
    ///
    /// A provider with tenants names every key. Elsewhere a token without `kid` is the only key's (OpenID Connect
    /// Core 1.0 §10.1).
    pub(crate) fn read(document: &JsonWebKeySet, keys_are_named: bool) -> Self {
        let usable: Vec<(Option<String>, VerificationKey)> = document
            .keys
            .iter()
            .filter_map(|key| serde_json::from_value::<JsonWebKey>(key.clone()).ok())
            .filter_map(|key| VerificationKey::read(&key).map(|usable| (key.kid, usable)))
            .collect();
        let unnamed = match usable.as_slice() {
            [(_, only)] if !keys_are_named => Some(only.clone()),
            _ => None,
        };
        let by_id = usable.into_iter().filter_map(|(id, key)| Some((id?, key))).collect();
        Self { by_id, unnamed, is_in_doubt: false }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.by_id.is_empty() && self.unnamed.is_none()
    }

    /// These keys, and those of `before` that may only be missing by chance: the tenant-independent sets answer with
    /// subsets during a rollover, so a key goes when two answers in a row, or 15 minutes, have not listed it.
    #[must_use]
    pub(crate) fn with_those_of(mut self, before: &Self, now: Moment) -> Self {
        for (id, key) in &before.by_id {
            if key.absent_since.is_none() && !self.by_id.contains_key(id) {
                self.by_id.insert(id.clone(), VerificationKey { absent_since: Some(now), ..key.clone() });
                self.is_in_doubt = true;
            }
        }
        self
    }

    /// Whether a key is only here because one missing answer proves nothing.
    pub(crate) fn is_in_doubt(&self) -> bool {
        self.is_in_doubt
    }

    /// Whether both hold the same keys, so that what one verified the other would.
    pub(crate) fn equals(&self, other: &Self) -> bool {
        let is_same = |one: &VerificationKey, other: &VerificationKey| {
            one.published == other.published
                && one.issuer == other.issuer
                && one.cloud_instance_name == other.cloud_instance_name
        };
        let same_unnamed = match (&self.unnamed, &other.unnamed) {
            (Some(one), Some(other)) => is_same(one, other),
            (one, other) => one.is_none() && other.is_none(),
        };
        same_unnamed
            && self.by_id.len() == other.by_id.len()
            && self.by_id.iter().all(|(id, key)| other.by_id.get(id).is_some_and(|other| is_same(key, other)))
    }

    pub(crate) fn contains(&self, id: &str) -> bool {
        self.by_id.contains_key(id)
    }

    /// How many there are.
    pub(crate) fn count(&self) -> usize {
        self.by_id.len() + usize::from(self.unnamed.is_some())
    }

    /// The keys as they count at a moment.
    pub(crate) fn at(&self, moment: Moment) -> KeysAt<'_> {
        KeysAt { set: self, moment }
    }
}

impl<'k> KeysAt<'k> {
    fn named(self, id: &str) -> Option<&'k VerificationKey> {
        let key = self.set.by_id.get(id)?;
        key.absent_since.is_none_or(|since| self.moment.since(since) < ABSENCE_LIMIT).then_some(key)
    }
}

impl VerificationKey {
    /// A sound RSA key of 2048 to 8192 bits for RS256 signatures; `None` for any other.
    fn read(key: &JsonWebKey) -> Option<Self> {
        let verifies = |operations: &[String]| operations.iter().any(|operation| operation == "verify");
        let is_for_signatures =
            key.usage.as_deref().is_none_or(|usage| usage == "sig") && key.key_ops.as_deref().is_none_or(verifies);
        let is_for_rs256 = key.alg.as_deref().is_none_or(|algorithm| algorithm == "RS256");
        if key.kty != "RSA" || !is_for_signatures || !is_for_rs256 {
            return None;
        }
        let published = [key.n.clone()?, key.e.clone()?];
        let number = |text: &String| Some(without_leading_zeros(&URL_SAFE_NO_PAD.decode(text).ok()?));
        let (modulus, exponent) = (number(&published[0])?, number(&published[1])?);
        let bits = modulus.len() * 8 - usize::try_from(modulus.first()?.leading_zeros()).ok()?;
        // With the exponent 1 every text is its own signature; even exponents are invalid.
        let is_usable_exponent = exponent.last().is_some_and(|last| last % 2 == 1) && exponent != [1];
        if !(2048..=8192).contains(&bits) || !is_usable_exponent {
            return None;
        }
        let components = PublicKeyComponents { n: &modulus[..], e: &exponent[..] };
        Some(Self {
            issuer: key.issuer.as_deref().map(IssuerPattern::parse),
            cloud_instance_name: key.cloud_instance_name.clone(),
            parsed: components.to_parsed_public_key(&RSA_PKCS1_2048_8192_SHA256).ok()?,
            published,
            absent_since: None,
        })
    }
}

impl fmt::Debug for VerificationKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("VerificationKey").field("issuer", &self.issuer).finish_non_exhaustive()
    }
}

/// The members of a JOSE header that decide. `jwk`, `jku`, `x5u` and `x5c` are not even read.
#[derive(Default)]
struct Header {
    algorithm: Option<String>,
    key_id: Option<String>,
    kind: Option<String>,
    is_critical: bool,
    has_nonce: bool,
}

impl<'de> MemberReader<'de> for Header {
    /// RFC 7515 §4.1 registers eleven, RFC 7797 one more, and Entra adds `nonce`; it sends four. Whatever is read here is
    /// read before anybody knows whose token it is.
    const LIMIT: usize = 16;

    fn handling(&self, name: &str) -> MemberHandling {
        if matches!(name, "alg" | "kid" | "typ" | "crit" | "nonce") {
            MemberHandling::Read
        } else {
            MemberHandling::None
        }
    }

    fn take(&mut self, name: &str, member: Member<'de>) -> Result<(), JsonProblem> {
        match name {
            "alg" => self.algorithm = Some(member.text("alg")?.into_owned()),
            "kid" => self.key_id = Some(member.text("kid")?.into_owned()),
            "typ" => self.kind = Some(member.text("typ")?.into_owned()),
            "nonce" => self.has_nonce = true,
            _ => self.is_critical = true,
        }
        Ok(())
    }

    fn keep(&mut self, _: &str, _: serde_json::Value) {}
}

fn decode(text: &str, part: &'static str) -> Result<Vec<u8>, SignatureError> {
    URL_SAFE_NO_PAD.decode(text).map_err(|_| SignatureError::NotBase64 { part })
}

fn without_leading_zeros(bytes: &[u8]) -> Vec<u8> {
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    bytes[zeros..].to_vec()
}

#[cfg(test)]
#[path = "signature_tests.rs"]
mod tests;

#[cfg(test)]
#[path = "wycheproof_tests.rs"]
mod wycheproof_tests;
