//! What a certificate signs to prove this program (RFC 7523 §3, and Microsoft's words for it).

use std::time::Duration;

use azure_auth_policy::Guid;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::model::unix_time::UnixTime;

/// From its first second to its last, as Microsoft's own libraries make them.
pub(crate) const LIFETIME: Duration = Duration::from_secs(600);

/// An assertion that ends sooner is not used any more: the provider's clock is another one.
const LEAST_LEFT: Duration = Duration::from_secs(60);

/// The key that signs, as the registration knows it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Signer<'k> {
    /// SHA-256 of the certificate, in base64url.
    pub(crate) thumbprint: &'k str,
    /// The certificate and those that vouch for it, in base64, where the registration trusts the certificate by its subject.
    pub(crate) chain: Option<&'k [String]>,
}

/// Header and claims, to be signed with PS256 (RFC 7518 §3.5). `audience`: the token endpoint that is asked. `id`: 16 random
/// bytes.
pub(crate) fn signing_input(
    signer: Signer<'_>,
    client_id: &str,
    audience: &str,
    id: [u8; 16],
    now: UnixTime,
) -> String {
    let mut header = json!({ "alg": "PS256", "typ": "JWT", "x5t#S256": signer.thumbprint });
    if let Some(chain) = signer.chain {
        header["x5c"] = json!(chain);
    }
    let claims = json!({
        "aud": audience,
        "iss": client_id,
        "sub": client_id,
        "jti": random_guid(id).to_string(),
        "nbf": now.0,
        "iat": now.0,
        "exp": (now + LIFETIME).0,
    });
    let encoded = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}", encoded(&header), encoded(&claims))
}

/// Whether an assertion made at that time may be sent once more.
pub(crate) fn is_usable(made_at: UnixTime, now: UnixTime) -> bool {
    // A clock that was set back makes it one of the future, which nobody takes.
    made_at <= now && (made_at + LIFETIME).since(now) > LEAST_LEFT
}

/// A UUID of version 4 (RFC 9562 §5.4).
fn random_guid(bytes: [u8; 16]) -> Guid {
    const VERSION: u128 = 0xf000 << 64;
    const VARIANT: u128 = 0xc000 << 48;
    let number = u128::from_be_bytes(bytes) & !VERSION & !VARIANT;
    Guid::from_u128(number | 0x4000 << 64 | 0x8000 << 48)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: UnixTime = UnixTime(1_767_225_600);

    fn parts(input: &str) -> (Value, Value) {
        let (header, claims) = input.split_once('.').unwrap();
        let read = |part: &str| serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap();
        (read(header), read(claims))
    }

    #[test]
    fn an_assertion_says_who_asks_whom_until_when_and_by_which_certificate() {
        let endpoint = "https://login.microsoftonline.com/33333333-cccc-4ddd-8eee-444444444444/oauth2/v2.0/token";
        let signer = Signer { thumbprint: "thumb", chain: None };
        let (header, claims) = parts(&signing_input(signer, "client", endpoint, [0xff; 16], NOW));
        assert_eq!(header, json!({ "alg": "PS256", "typ": "JWT", "x5t#S256": "thumb" }));
        assert_eq!(
            claims,
            json!({
                "aud": endpoint, "iss": "client", "sub": "client", "jti": "ffffffff-ffff-4fff-bfff-ffffffffffff",
                "nbf": 1_767_225_600_u64, "iat": 1_767_225_600_u64, "exp": 1_767_226_200_u64,
            })
        );
    }

    #[test]
    fn the_chain_goes_along_only_where_it_was_asked_for() {
        let chain = ["leaf".to_owned(), "issuer".to_owned()];
        let signer = Signer { thumbprint: "thumb", chain: Some(&chain) };
        let (header, _) = parts(&signing_input(signer, "client", "endpoint", [0; 16], NOW));
        assert_eq!(header["x5c"], json!(["leaf", "issuer"]));
    }

    #[test]
    fn an_assertion_is_sent_again_until_shortly_before_its_end() {
        let after = |seconds| NOW + Duration::from_secs(seconds);
        for (now, expected) in [(NOW, true), (after(539), true), (after(540), false), (after(601), false)] {
            assert_eq!(is_usable(NOW, now), expected, "{now:?}");
        }
        assert!(!is_usable(after(1), NOW), "the clock was set back");
    }
}
