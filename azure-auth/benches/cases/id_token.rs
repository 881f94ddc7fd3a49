//! The validation of an ID token, beside the verification of its signature alone.

use std::hint::black_box;
use std::time::Duration;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize, PublicKeyComponents};
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use url::Url;

use super::{CLIENT, Iteration, Material, TENANT, access_token};
use crate::model::moment::Moment;
use crate::model::providers::issuer::IssuerPattern;
use crate::model::providers::key_set::JsonWebKeySet;
use crate::model::providers::provider_metadata::{ClientAuthentication, ProviderMetadata};
use crate::model::settings::tenants::AcceptedTenants;
use crate::model::unix_time::UnixTime;
use crate::rules::token::id_token::{self, Expectations, ValidatedIdToken};
use crate::rules::token::signature::{KeySet, SignedToken};

const HOST: &str = "https://login.microsoftonline.com";
const KEY_ID: &str = "nDRCmiAZ2S13R4Idpsmg1bzL0yI";
const NONCE: &str = "kXk2uJ0h0m3sJq5bqfXy3Q2p0v4wZ8r1t6y9u2i5o7c";
pub(super) const NOW: UnixTime = UnixTime(1_800_000_000);
pub(super) const MOMENT: Moment = Moment::after(Duration::from_secs(1_000_000));

/// The floor: the bytes that were signed, the signature decoded, the key parsed.
pub(super) fn verification_alone(material: &Material) -> Iteration {
    verification(&material.id_token, material)
}

/// The same for any token that the key of the material signed.
pub(super) fn verification(token: &str, material: &Material) -> Iteration {
    let (signed, signature) = token.rsplit_once('.').expect("a token");
    let (signed, signature) = (signed.to_owned(), URL_SAFE_NO_PAD.decode(signature).expect("base64url"));
    let member = |name| URL_SAFE_NO_PAD.decode(material.key_set["keys"][0][name].as_str().expect(name)).expect(name);
    let components = PublicKeyComponents { n: member("n"), e: member("e") };
    let key = components.to_parsed_public_key(&RSA_PKCS1_2048_8192_SHA256).expect("a key");
    Box::new(move || {
        key.verify_sig(black_box(signed.as_bytes()), black_box(&signature)).expect("a signature");
    })
}

/// From the text of the token to the identity it proves.
pub(super) fn validation(material: &Material) -> Iteration {
    let (token, keys, metadata) = (material.id_token.clone(), keys(material), metadata());
    Box::new(move || {
        black_box(validate(black_box(&token), &keys, &metadata));
    })
}

/// The token of the material, validated.
pub(super) fn validated(material: &Material) -> ValidatedIdToken {
    validate(&material.id_token, &keys(material), &metadata())
}

fn validate(token: &str, keys: &KeySet, metadata: &ProviderMetadata) -> ValidatedIdToken {
    let expected = Expectations {
        metadata,
        is_entra: true,
        client_id: CLIENT,
        tenants: &AcceptedTenants::OfAuthority,
        nonce: NONCE,
        access_token: "",
        keep: &[],
    };
    let signed = SignedToken::read(token).expect("a token");
    id_token::validate(&signed, keys.at(MOMENT), &expected, NOW).expect("a token without defects")
}

pub(super) fn keys(material: &Material) -> KeySet {
    let document = JsonWebKeySet { keys: material.key_set["keys"].as_array().expect("keys").clone() };
    KeySet::read(&document, true)
}

pub(super) fn metadata() -> ProviderMetadata {
    let address = |path: &str| Url::parse(&format!("{HOST}/{TENANT}/{path}")).expect("an address");
    ProviderMetadata {
        issuer: IssuerPattern::Literal(issuer()),
        first_version_issuer: None,
        tenant: Some(TENANT.parse().expect("a directory id")),
        authorization_endpoint: address("oauth2/v2.0/authorize"),
        token_endpoint: address("oauth2/v2.0/token"),
        keys_address: address("discovery/v2.0/keys"),
        end_session_endpoint: None,
        cloud_instance_name: Some("microsoftonline.com".to_owned()),
        graph: None,
        client_authentication: ClientAuthentication::Form,
        names_issuer_in_response: false,
        user_info_endpoint: None,
    }
}

pub(super) fn issuer() -> String {
    format!("{HOST}/{TENANT}/v2.0")
}

/// Tokens as Entra ID signs them, under a key of 2048 bits made for this run.
pub(super) fn sign() -> Material {
    let key = KeyPair::generate(KeySize::Rsa2048).expect("a key");
    // RSAPublicKey in DER: nine bytes of headers, then 256 bytes of modulus.
    let modulus = &key.public_key().as_ref()[9..265];
    Material {
        id_token: signed(&key, &claims()),
        access_token: signed(&key, &access_token::claims()),
        key_set: json!({"keys": [{
            "kty": "RSA", "use": "sig", "kid": KEY_ID, "issuer": issuer(), "cloud_instance_name": "microsoftonline.com",
            "n": URL_SAFE_NO_PAD.encode(modulus), "e": "AQAB",
        }]}),
    }
}

fn signed(key: &KeyPair, claims: &Value) -> String {
    let header = json!({"typ": "JWT", "alg": "RS256", "kid": KEY_ID});
    let signed = format!("{}.{}", encode(&header), encode(claims));
    let mut signature = vec![0; key.public_modulus_len()];
    key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), signed.as_bytes(), &mut signature).expect("a signature");
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
}

/// What a sign-in for `openid profile email` yields.
fn claims() -> Value {
    json!({
        "aud": CLIENT,
        "iss": issuer(),
        "iat": NOW.0 - 300,
        "nbf": NOW.0 - 300,
        "exp": NOW.0 + 3600,
        "aio": "AXQAi/8TAAAAr7J4n2m1lVZ5cW0mJbXq8pQ2yT6sK9dH3gF1vB5nM0zX4cL7eR2wU8iO6aS3fD9jG5hK1lP0qY7tN4bV2xZ8mC6=",
        "email": "adele.vance@contoso.example",
        "login_hint": "O.CiQ1NTU1NTU1NS1kZGRkLTRlZWUtOGZmZi02NjY2NjY2NjY2NjYSJDMzMzMzMzMzLWNjY2MtNGRkZC04ZWVlLTQ0NDQ0NDQ0NDQ0NA==",
        "name": "Adele Vance",
        "nonce": NONCE,
        "oid": "55555555-dddd-4eee-8fff-666666666666",
        "preferred_username": "adele.vance@contoso.example",
        "rh": "1.AX0A33333333cccc4ddd8eee44444444.",
        "roles": ["Admin", "Writer"],
        "sid": "007d8f10-0000-4000-8000-000000000000",
        "sub": "pHk3Qm9vX2JzZ1l0d0VtUjV1N2NLaThsT2pGYWVWbkQ",
        "tid": TENANT,
        "uti": "dGhpcyBpcyBub3QgcmVhbA",
        "ver": "2.0",
    })
}

fn encode(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}
