//! A token before and after it is signed.

use std::sync::Arc;

use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value, json};

use crate::memory::clock::now;
use crate::memory::keys::SigningKey;

pub(crate) type Members = Map<String, Value>;

/// What a token will say, and which key will sign it.
pub(crate) struct Draft {
    pub(crate) header: Members,
    pub(crate) claims: Members,
    pub(crate) key: Arc<SigningKey>,
}

/// How a token is signed. Only the first way is right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Algorithm {
    Rs256,
    Rs384,
    /// HMAC, with the public key as the secret.
    Hs256WithPublicKey,
    None,
}

impl Draft {
    /// A draft with the header that the service writes.
    pub(crate) fn new(claims: Value, key: Arc<SigningKey>) -> Self {
        let header = members(json!({"typ": "JWT", "alg": "RS256", "kid": key.id}));
        Self { header, claims: members(claims), key }
    }

    pub(crate) fn sign(&self, algorithm: Algorithm) -> String {
        let signed = self.signed();
        let signature = match algorithm {
            Algorithm::Rs256 => self.key.sign(&signed),
            Algorithm::Rs384 => self.key.sign_sha384(&signed),
            Algorithm::Hs256WithPublicKey => {
                let key = hmac::Key::new(hmac::HMAC_SHA256, &self.key.public_der());
                hmac::sign(&key, signed.as_bytes()).as_ref().to_vec()
            }
            Algorithm::None => Vec::new(),
        };
        joined(&signed, &signature)
    }

    /// The token with the signature of another text, which cannot be verified.
    pub(crate) fn sign_other(&self, text: &str) -> String {
        joined(&self.signed(), &self.key.sign(text))
    }

    fn signed(&self) -> String {
        let part = |members: &Members| URL_SAFE_NO_PAD.encode(Value::Object(members.clone()).to_string());
        format!("{}.{}", part(&self.header), part(&self.claims))
    }
}

impl Algorithm {
    /// `alg` of the header.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Rs384 => "RS384",
            Self::Hs256WithPublicKey => "HS256",
            Self::None => "none",
        }
    }
}

/// The members of an object; those that are null are left out.
pub(crate) fn members(value: Value) -> Members {
    match value {
        Value::Object(members) => members.into_iter().filter(|(_, value)| !value.is_null()).collect(),
        _ => Map::new(),
    }
}

/// What a token says, whoever signed it.
pub(crate) fn read_claims(token: &str) -> Option<Members> {
    read_part(token.split('.').nth(1)?)
}

/// A claim that is a text; empty where there is none.
pub(crate) fn text_claim<'c>(claims: &'c Members, name: &str) -> &'c str {
    claims.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// Whether a token is over. One that does not say when is.
pub(crate) fn has_expired(claims: &Members) -> bool {
    claims.get("exp").and_then(Value::as_u64).is_none_or(|expires| expires <= now())
}

/// The members of a part of a token.
pub(crate) fn read_part(part: &str) -> Option<Members> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).ok()?).ok()
}

fn joined(signed: &str, signature: &[u8]) -> String {
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
}
