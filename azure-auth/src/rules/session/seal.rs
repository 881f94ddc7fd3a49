//! What leaves for the browser and must come back unread and unchanged: AES-256-GCM, one key per purpose.

use std::fmt;

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::hkdf::{HKDF_SHA256, KeyType, Prk, Salt};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use thiserror::Error;

use crate::model::refusals::lost_session::LostSession;

/// First byte of every sealed text.
const VERSION: u8 = 1;
const KEY_ID_LENGTH: usize = 4;
const HEADER_LENGTH: usize = 1 + KEY_ID_LENGTH + NONCE_LEN;

/// Longer texts are nobody's cookies.
const TEXT_LIMIT: usize = 8192;

/// 96 random bits, never used twice with one key.
pub(crate) type SealNonce = [u8; NONCE_LEN];

/// What a sealed text is for. A text sealed for one purpose does not open for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    Session,
    /// A session that a server keeps for us.
    #[cfg(feature = "redis")]
    StoredSession,
    /// Tokens for other APIs that a server keeps for us, beside the session that they belong to.
    #[cfg(feature = "redis")]
    StoredTokens,
    SignInAttempt,
    /// What a window hands to the frame that opened it.
    EmbeddedCode,
    /// The address at which a person is asked for more.
    AccessRequest,
}

/// The keys of one purpose, newest first: the first seals, all open.
pub(crate) struct SealingKeys {
    purpose: Purpose,
    keys: Vec<SealingKey>,
}

struct SealingKey {
    id: [u8; KEY_ID_LENGTH],
    key: LessSafeKey,
}

/// Why a text does not open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub(crate) enum OpenError {
    #[error("it is not one of ours, or was cut")]
    Malformed,
    /// Usual cause: another replica has other keys, or the keys changed.
    #[error("it is sealed with a key that is not configured")]
    UnknownKey,
    #[error("it was changed, or sealed for something else")]
    Forged,
    #[error("it is longer than any that is sealed here")]
    TooLong,
}

impl From<OpenError> for LostSession {
    fn from(error: OpenError) -> Self {
        match error {
            OpenError::Malformed => Self::Cut,
            OpenError::UnknownKey => Self::UnknownKey,
            OpenError::Forged => Self::Changed,
            OpenError::TooLong => Self::TooLong,
        }
    }
}

impl SealingKeys {
    /// Derives the keys of a purpose from secrets of at least 32 bytes (RFC 5869); `None` without any.
    pub(crate) fn derive(secrets: &[Vec<u8>], purpose: Purpose) -> Option<Self> {
        let keys = secrets.iter().map(|secret| SealingKey::derive(secret, purpose)).collect::<Option<Vec<_>>>()?;
        (!keys.is_empty()).then_some(Self { purpose, keys })
    }

    /// Seals `plain` for the cookie `name`: base64url of [`seal_bytes`](Self::seal_bytes).
    pub(crate) fn seal(&self, name: &str, plain: &[u8], nonce: SealNonce) -> Option<String> {
        self.seal_bytes(name, plain, nonce).map(|sealed| URL_SAFE_NO_PAD.encode(sealed))
    }

    /// Opens what [`seal`](Self::seal) made for the same purpose and cookie name.
    pub(crate) fn open(&self, name: &str, text: &str) -> Result<Vec<u8>, OpenError> {
        if text.len() > TEXT_LIMIT {
            return Err(OpenError::TooLong);
        }
        let mut sealed = URL_SAFE_NO_PAD.decode(text).map_err(|_| OpenError::Malformed)?;
        let length = self.open_bytes(name, &mut sealed)?.len();
        sealed.drain(..HEADER_LENGTH);
        sealed.truncate(length);
        Ok(sealed)
    }

    /// Seals `plain` under a name: version, key id, nonce, ciphertext and tag.
    pub(crate) fn seal_bytes(&self, name: &str, plain: &[u8], nonce: SealNonce) -> Option<Vec<u8>> {
        let key = self.keys.first()?;
        let mut sealed = Vec::with_capacity(HEADER_LENGTH + plain.len() + AES_256_GCM.tag_len());
        sealed.push(VERSION);
        sealed.extend(key.id);
        sealed.extend(nonce);
        sealed.extend(plain);
        let body = &mut sealed[HEADER_LENGTH..];
        let nonce = Nonce::assume_unique_for_key(nonce);
        let seal = |data: &[u8]| key.key.seal_in_place_separate_tag(nonce, Aad::from(data), body);
        let tag = self.purpose.with_associated_data(name, seal).ok()?;
        sealed.extend(tag.as_ref());
        Some(sealed)
    }

    /// Opens what [`seal_bytes`](Self::seal_bytes) made for the same purpose and name.
    pub(crate) fn open_bytes<'s>(&self, name: &str, sealed: &'s mut [u8]) -> Result<&'s [u8], OpenError> {
        let (header, body) = sealed.split_first_chunk_mut::<HEADER_LENGTH>().ok_or(OpenError::Malformed)?;
        let (version, id, nonce) = (header[0], &header[1..=KEY_ID_LENGTH], &header[1 + KEY_ID_LENGTH..]);
        if version != VERSION {
            return Err(OpenError::Malformed);
        }
        let key = self.keys.iter().find(|key| key.id == id).ok_or(OpenError::UnknownKey)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| OpenError::Malformed)?;
        let opened =
            self.purpose.with_associated_data(name, |data| key.key.open_in_place(nonce, Aad::from(data), body));
        opened.map(|plain| &*plain).map_err(|_| OpenError::Forged)
    }

    /// Whether the newest key sealed these bytes.
    #[cfg(feature = "redis")]
    pub(crate) fn is_by_newest(&self, sealed: &[u8]) -> bool {
        self.keys.first().is_some_and(|key| sealed.get(1..=KEY_ID_LENGTH) == Some(&key.id))
    }
}

impl Purpose {
    fn label(self) -> &'static str {
        match self {
            Self::Session => "azure-auth session",
            #[cfg(feature = "redis")]
            Self::StoredSession => "azure-auth stored session",
            #[cfg(feature = "redis")]
            Self::StoredTokens => "azure-auth stored tokens",
            Self::SignInAttempt => "azure-auth sign-in attempt",
            Self::EmbeddedCode => "azure-auth embedded code",
            Self::AccessRequest => "azure-auth access request",
        }
    }

    /// Label and name. They are put together at every opening, so that no memory is asked for where they are short.
    fn with_associated_data<T>(self, name: &str, with: impl FnOnce(&[u8]) -> T) -> T {
        let parts = [self.label().as_bytes(), b"\0", name.as_bytes()];
        let mut room = [0; 160];
        let mut length = 0;
        for part in parts {
            let Some(free) = room.get_mut(length..length + part.len()) else { return with(&parts.concat()) };
            free.copy_from_slice(part);
            length += part.len();
        }
        with(&room[..length])
    }
}

impl SealingKey {
    fn derive(secret: &[u8], purpose: Purpose) -> Option<Self> {
        let extracted = Salt::new(HKDF_SHA256, b"azure-auth").extract(secret);
        let mut key = [0; 32];
        expand(&extracted, &[purpose.label().as_bytes(), b"key"], &mut key)?;
        let mut id = [0; KEY_ID_LENGTH];
        expand(&extracted, &[purpose.label().as_bytes(), b"id"], &mut id)?;
        let key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &key).ok()?);
        Some(Self { id, key })
    }
}

/// HKDF-Expand (RFC 5869 §2.3) into `output`; `None` only for lengths nobody here asks for.
pub(crate) fn expand(extracted: &Prk, info: &[&[u8]], output: &mut [u8]) -> Option<()> {
    extracted.expand(info, OutputLength(output.len())).ok()?.fill(output).ok()
}

/// Derives `N` bytes that depend on every part of `info` from key material (RFC 5869).
pub(crate) fn derive_bytes<const N: usize>(material: &[u8], info: &[&[u8]]) -> [u8; N] {
    let extracted = Salt::new(HKDF_SHA256, b"azure-auth").extract(material);
    let mut output = [0; N];
    // Expansion fails only beyond 255 times the hash length.
    let _ = expand(&extracted, info, &mut output);
    output
}

struct OutputLength(usize);

impl KeyType for OutputLength {
    fn len(&self) -> usize {
        self.0
    }
}

/// Keys never print.
impl fmt::Debug for SealingKeys {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("SealingKeys").field("purpose", &self.purpose).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NONCE: SealNonce = [7; NONCE_LEN];

    fn keys(secrets: &[u8], purpose: Purpose) -> SealingKeys {
        let secrets: Vec<Vec<u8>> = secrets.iter().map(|byte| vec![*byte; 32]).collect();
        SealingKeys::derive(&secrets, purpose).unwrap()
    }

    #[test]
    fn what_was_sealed_opens_unchanged() {
        let keys = keys(&[1], Purpose::Session);
        let sealed = keys.seal("name", b"plain", NONCE).unwrap();
        assert_eq!(keys.open("name", &sealed).as_deref(), Ok(&b"plain"[..]));
        assert!(!sealed.contains("plain"));
    }

    #[test]
    fn an_older_key_still_opens_and_only_the_newest_seals() {
        let old = keys(&[1], Purpose::Session);
        let both = keys(&[2, 1], Purpose::Session);
        let by_old = old.seal("name", b"plain", NONCE).unwrap();
        assert!(both.open("name", &by_old).is_ok());
        let by_new = both.seal("name", b"plain", NONCE).unwrap();
        assert_eq!(old.open("name", &by_new), Err(OpenError::UnknownKey));
    }

    #[test]
    fn a_name_of_any_length_is_bound() {
        let keys = keys(&[1], Purpose::Session);
        for length in [0, 1, 140, 141, 142, 143, 160, 500] {
            let name = "n".repeat(length);
            let sealed = keys.seal(&name, b"plain", NONCE).unwrap();
            assert_eq!(keys.open(&name, &sealed).as_deref(), Ok(&b"plain"[..]), "{length}");
            assert_eq!(keys.open(&format!("{name}n"), &sealed), Err(OpenError::Forged), "{length}");
        }
    }

    #[test]
    fn another_name_or_purpose_does_not_open() {
        let session = keys(&[1], Purpose::Session);
        let sealed = session.seal("name", b"plain", NONCE).unwrap();
        assert_eq!(session.open("other", &sealed), Err(OpenError::Forged));
        assert_eq!(keys(&[1], Purpose::SignInAttempt).open("name", &sealed), Err(OpenError::UnknownKey));
    }

    #[test]
    fn every_changed_or_cut_text_is_refused() {
        let keys = keys(&[1], Purpose::Session);
        let sealed = keys.seal("name", b"plain", NONCE).unwrap();
        for position in 0..sealed.len() {
            let mut changed = sealed.clone().into_bytes();
            changed[position] = if changed[position] == b'A' { b'B' } else { b'A' };
            assert!(keys.open("name", std::str::from_utf8(&changed).unwrap()).is_err(), "byte {position}");
            assert!(keys.open("name", &sealed[..position]).is_err(), "cut at {position}");
        }
        for text in ["", "=", "é", "a b", &"A".repeat(8192), &format!("{sealed}=")] {
            assert_eq!(keys.open("name", text), Err(OpenError::Malformed), "{text}");
        }
        assert_eq!(keys.open("name", &"A".repeat(8193)), Err(OpenError::TooLong));
    }

    #[test]
    fn without_a_secret_there_are_no_keys_and_keys_never_print() {
        assert!(SealingKeys::derive(&[], Purpose::Session).is_none());
        assert_eq!(format!("{:?}", keys(&[1], Purpose::Session)), "SealingKeys { purpose: Session, .. }");
    }
}
