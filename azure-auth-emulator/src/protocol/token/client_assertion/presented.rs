//! A client assertion as it was sent, before anything of it is believed.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use crate::faults::entra_error::EntraError;
use crate::tokens::jwt::{Members, read_part, text_claim};

/// The parts of an assertion.
pub(super) struct Presented<'c> {
    pub(super) text: &'c str,
    /// What the signature is of.
    pub(super) signed: &'c str,
    pub(super) signature: Vec<u8>,
    pub(super) header: Members,
    pub(super) claims: Members,
}

impl<'c> Presented<'c> {
    pub(super) fn read(text: &'c str) -> Result<Self, EntraError> {
        Self::parse(text).ok_or_else(|| malformed("It has three parts in base64url, the first two of which are JSON."))
    }

    fn parse(text: &'c str) -> Option<Self> {
        let (signed, signature) = text.rsplit_once('.')?;
        let (header, claims) = signed.split_once('.')?;
        let (header, claims) = (read_part(header)?, read_part(claims)?);
        let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
        Some(Self { text, signed, signature, header, claims })
    }

    /// A claim that is a text; empty where there is none.
    pub(super) fn claim(&self, name: &str) -> &str {
        text_claim(&self.claims, name)
    }

    pub(super) fn algorithm(&self) -> &str {
        text_claim(&self.header, "alg")
    }

    /// Whether the header says with which certificate it is signed, as a client's own assertion does.
    pub(super) fn names_key(&self) -> bool {
        ["x5t#S256", "x5t", "x5c"].iter().any(|name| self.header.contains_key(*name))
    }

    /// Every audience that it is for.
    pub(super) fn audiences(&self) -> Vec<&str> {
        match self.claims.get("aud") {
            Some(Value::String(audience)) => vec![audience],
            Some(Value::Array(audiences)) => audiences.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        }
    }
}

/// The assertion cannot be read, or lacks what every one has.
pub(super) fn malformed(why: &str) -> EntraError {
    EntraError::new("invalid_request", 50027, format!("JWT token is invalid or malformed. {why}"))
}

/// The signature is not that of a registered key.
pub(super) fn wrong_signature(why: impl std::fmt::Display) -> EntraError {
    EntraError::new("invalid_client", 700_027, why.to_string())
}
