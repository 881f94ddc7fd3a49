//! The library's sealed cookies, read and written by someone who has the key: how else would a test come by one that
//! is hours old.
//!
//! It is a second reading of the format, so it also holds the format still: replicas of two versions share cookies.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::hkdf::{HKDF_SHA256, KeyType, Prk, Salt};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::cookie_jar::Cookie;

/// A value for `AZURE_SESSION_KEYS`.
pub const SESSION_KEY: &str = "c2VjcmV0LWZvci10aGUtdGVzdHMtb2YtdGhpcy1jcmF0ZSEh";

/// What a cookie is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Being signed in.
    Session,
    /// A sign-in under way.
    Attempt,
    /// The way from a window to the frame that opened it: the challenge, 8 bytes of seconds, the ticket.
    EmbeddedCode,
}

/// The place of the parts of a session record in its list.
pub mod session {
    /// The session's id.
    pub const ID: usize = 0;
    /// When it was last seen, in seconds since 1970.
    pub const LAST_SEEN: usize = 2;
    /// When it is over in any case.
    pub const ENDS_AT: usize = 4;
}

/// Version, key id and nonce come before the sealed text.
const HEADER_LENGTH: usize = 1 + 4 + 12;

/// What is in a cookie that was sealed with [`SESSION_KEY`].
pub fn open(purpose: Purpose, cookie: &Cookie) -> Vec<u8> {
    let mut sealed = URL_SAFE_NO_PAD.decode(&cookie.value).expect("base64url");
    let (header, text) = sealed.split_at_mut(HEADER_LENGTH);
    assert_eq!((header[0], &header[1..5]), (1, &purpose.bytes::<4>(b"id")[..]), "version and key id");
    let nonce = Nonce::try_assume_unique_for_key(&header[5..]).expect("12 bytes");
    purpose.key().open_in_place(nonce, purpose.associated_data(&cookie.name), text).expect("our key").to_vec()
}

/// The same cookie with something else in it.
#[must_use]
pub fn sealed(purpose: Purpose, cookie: &Cookie, text: &[u8]) -> Cookie {
    let mut nonce = [0; 12];
    aws_lc_rs::rand::fill(&mut nonce).expect("randomness");
    let mut body = text.to_vec();
    let data = purpose.associated_data(&cookie.name);
    purpose.key().seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), data, &mut body).expect("room");
    let value = URL_SAFE_NO_PAD.encode([&[1], &purpose.bytes::<4>(b"id")[..], &nonce, &body].concat());
    cookie.with_value(value)
}

impl Purpose {
    fn label(self) -> &'static [u8] {
        match self {
            Self::Session => b"azure-auth session",
            Self::Attempt => b"azure-auth sign-in attempt",
            Self::EmbeddedCode => b"azure-auth embedded code",
        }
    }

    fn associated_data(self, name: &str) -> Aad<Vec<u8>> {
        Aad::from([self.label(), b"\0", name.as_bytes()].concat())
    }

    fn key(self) -> LessSafeKey {
        LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &self.bytes::<32>(b"key")).expect("32 bytes"))
    }

    fn bytes<const N: usize>(self, what: &[u8]) -> [u8; N] {
        let secret = URL_SAFE_NO_PAD.decode(SESSION_KEY).expect("base64url");
        let extracted: Prk = Salt::new(HKDF_SHA256, b"azure-auth").extract(&secret);
        let mut bytes = [0; N];
        let info = [self.label(), what];
        extracted.expand(&info, Length(N)).and_then(|output| output.fill(&mut bytes)).expect("few bytes");
        bytes
    }
}

struct Length(usize);

impl KeyType for Length {
    fn len(&self) -> usize {
        self.0
    }
}
