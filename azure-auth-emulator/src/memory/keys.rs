//! Signing keys, each in a certificate of its own, as Entra publishes them.

use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeyPair;
use aws_lc_rs::signature::{
    KeyPair as _, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, RSA_PKCS1_SHA384, UnparsedPublicKey,
};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use rcgen::{CertificateParams, DnType, PKCS_RSA_SHA256};
use serde_json::{Value, json};
use thiserror::Error;

use crate::directory::guid::CONSUMERS;

/// A key could not be made.
#[derive(Debug, Error)]
#[error("a signing key could not be made")]
pub(crate) struct KeyError;

/// An RSA key with its self-signed certificate.
pub(crate) struct SigningKey {
    pub(crate) id: String,
    pair: KeyPair,
    certificate: Vec<u8>,
}

/// The keys in use, and those that only defects sign with.
#[derive(Clone)]
pub(crate) struct KeyRing {
    /// Signs for work tenants.
    pub(crate) current: Arc<SigningKey>,
    /// Published beside it, in case of a rollover.
    pub(crate) next: Arc<SigningKey>,
    pub(crate) consumers: Arc<SigningKey>,
    /// The key of another cloud, which is listed all the same.
    pub(crate) foreign: Arc<SigningKey>,
    /// Not published any more.
    pub(crate) retired: Arc<SigningKey>,
    rotations: usize,
}

/// Making a key takes a tenth of a second and more, so all emulators of a process share theirs.
static MADE: Mutex<Vec<Arc<SigningKey>>> = Mutex::new(Vec::new());

impl KeyRing {
    pub(crate) fn new() -> Result<Self, KeyError> {
        // The last one is asked for first, because all that are missing before it are made at the same time.
        let next = make_key(4)?;
        Ok(Self {
            consumers: make_key(0)?,
            foreign: make_key(1)?,
            retired: make_key(2)?,
            current: make_key(3)?,
            next,
            rotations: 0,
        })
    }

    /// The one that signs for a tenant.
    pub(crate) fn of_tenant(&self, tenant: &str) -> Arc<SigningKey> {
        if tenant == CONSUMERS { self.consumers.clone() } else { self.current.clone() }
    }

    /// Changes all at once: the key that signed is retired, and one that was never published signs.
    pub(crate) fn rotate(&self) -> Result<Self, KeyError> {
        let rotations = self.rotations + 1;
        let next = make_key(4 + 2 * rotations)?;
        Ok(Self {
            retired: self.current.clone(),
            current: make_key(3 + 2 * rotations)?,
            next,
            consumers: self.consumers.clone(),
            foreign: self.foreign.clone(),
            rotations,
        })
    }
}

/// The key with a number, made together with those before it that are not there yet, each on a thread of its own.
fn make_key(index: usize) -> Result<Arc<SigningKey>, KeyError> {
    let mut made = MADE.lock().unwrap_or_else(PoisonError::into_inner);
    let missing = made.len()..(index + 1).max(made.len());
    let new = thread::scope(|scope| {
        let makers: Vec<_> = missing.map(|_| scope.spawn(SigningKey::new)).collect();
        makers.into_iter().map(|maker| maker.join().unwrap_or(Err(KeyError))).collect::<Result<Vec<_>, _>>()
    })?;
    made.extend(new.into_iter().map(Arc::new));
    Ok(made[index].clone())
}

impl SigningKey {
    fn new() -> Result<Self, KeyError> {
        let key = rcgen::KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, rcgen::RsaKeySize::_2048).map_err(|_| KeyError)?;
        let mut parameters = CertificateParams::default();
        parameters.distinguished_name.push(DnType::CommonName, "accounts.emulator.localhost");
        let certificate = parameters.self_signed(&key).map_err(|_| KeyError)?.der().to_vec();
        let pair = KeyPair::from_pkcs8(&key.serialize_der()).map_err(|_| KeyError)?;
        let id = URL_SAFE_NO_PAD.encode(digest(&SHA1_FOR_LEGACY_USE_ONLY, &certificate));
        Ok(Self { id, pair, certificate })
    }

    /// The public key as a member of a key set, without `alg`, as Entra writes it.
    pub(crate) fn to_json(&self) -> Value {
        json!({
            "kty": "RSA", "use": "sig", "kid": self.id, "x5t": self.id,
            "n": URL_SAFE_NO_PAD.encode(self.modulus()), "e": "AQAB",
            "x5c": [STANDARD.encode(&self.certificate)],
        })
    }

    pub(crate) fn sign(&self, text: &str) -> Vec<u8> {
        self.sign_with(&RSA_PKCS1_SHA256, text)
    }

    pub(crate) fn sign_sha384(&self, text: &str) -> Vec<u8> {
        self.sign_with(&RSA_PKCS1_SHA384, text)
    }

    /// Whether this key made an RS256 signature.
    pub(crate) fn verifies(&self, text: &str, signature: &[u8]) -> bool {
        let key = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, self.pair.public_key().as_ref());
        key.verify(text.as_bytes(), signature).is_ok()
    }

    /// The public key as a developer might put it where a shared secret belongs.
    pub(crate) fn public_der(&self) -> Vec<u8> {
        self.pair.public_key().as_der().map(|der| der.as_ref().to_vec()).unwrap_or_default()
    }

    fn sign_with(&self, algorithm: &'static dyn aws_lc_rs::signature::RsaEncoding, text: &str) -> Vec<u8> {
        let mut signature = vec![0; self.pair.public_modulus_len()];
        match self.pair.sign(algorithm, &SystemRandom::new(), text.as_bytes(), &mut signature) {
            Ok(()) => signature,
            // An empty signature is refused by everyone.
            Err(_) => Vec::new(),
        }
    }

    /// `RSAPublicKey` of a 2048-bit key in DER: nine bytes of headers, then the modulus.
    fn modulus(&self) -> &[u8] {
        self.pair.public_key().as_ref().get(9..265).unwrap_or_default()
    }
}
