//! How this program proves to the token endpoint that it is who it says.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::Request;
use http::header::{AUTHORIZATION, HeaderValue};
use secrecy::{ExposeSecret, SecretString};
use url::form_urlencoded;

use crate::model::providers::provider_metadata::ClientAuthentication;

/// The client, and its proof for one request.
#[derive(Debug)]
pub(crate) struct ProvenClient<'c> {
    pub(crate) id: &'c str,
    pub(crate) proof: ClientProof,
}

/// What proves a client.
#[derive(Clone, Debug)]
pub(crate) enum ClientProof {
    /// The program has no credential.
    Nothing,
    Secret(SecretString),
    /// A signed token about the client (RFC 7523 §2.2).
    Assertion(SecretString),
}

/// RFC 7523 §2.2.
const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

impl ProvenClient<'_> {
    /// A form for the token endpoint, with the proof where the provider takes it: in the form, or for a secret in the header
    /// (RFC 6749 §2.3.1).
    pub(crate) fn sign(&self, mut request: Request<Vec<u8>>, authentication: ClientAuthentication) -> Request<Vec<u8>> {
        match (&self.proof, authentication) {
            (ClientProof::Nothing, _) => {}
            (ClientProof::Secret(secret), ClientAuthentication::Form) => {
                append(&mut request, &[("client_secret", secret.expose_secret())]);
            }
            (ClientProof::Secret(secret), ClientAuthentication::Header) => {
                let encoded = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
                let pair = format!("{}:{}", encoded(self.id), encoded(secret.expose_secret()));
                // Base64 is text that a header may have.
                if let Ok(mut value) = HeaderValue::from_str(&format!("Basic {}", STANDARD.encode(pair))) {
                    value.set_sensitive(true);
                    request.headers_mut().insert(AUTHORIZATION, value);
                }
            }
            (ClientProof::Assertion(assertion), _) => append(
                &mut request,
                &[("client_assertion_type", ASSERTION_TYPE), ("client_assertion", assertion.expose_secret())],
            ),
        }
        request
    }
}

fn append(request: &mut Request<Vec<u8>>, pairs: &[(&str, &str)]) {
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.extend_pairs(pairs);
    let body = request.body_mut();
    if !body.is_empty() {
        body.push(b'&');
    }
    body.extend_from_slice(form.finish().as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signed(proof: ClientProof, authentication: ClientAuthentication) -> (String, Option<String>) {
        let client = ProvenClient { id: "an id", proof };
        let request = client.sign(Request::new(b"client_id=an+id".to_vec()), authentication);
        let header = request.headers().get(AUTHORIZATION).map(|value| value.to_str().unwrap().to_owned());
        (String::from_utf8(request.into_body()).unwrap(), header)
    }

    #[test]
    fn a_proof_is_where_the_provider_takes_it_and_in_one_place_only() {
        use ClientAuthentication::{Form, Header};
        let secret = || ClientProof::Secret("a~s&c".into());
        let assertion = || ClientProof::Assertion("e.y.J".into());
        let with_assertion = "client_id=an+id&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3A\
                              jwt-bearer&client_assertion=e.y.J";
        let basic = format!("Basic {}", STANDARD.encode("an+id:a%7Es%26c"));
        for (proof, authentication, body, header) in [
            (ClientProof::Nothing, Form, "client_id=an+id", None),
            (ClientProof::Nothing, Header, "client_id=an+id", None),
            (secret(), Form, "client_id=an+id&client_secret=a%7Es%26c", None),
            (secret(), Header, "client_id=an+id", Some(basic)),
            (assertion(), Form, with_assertion, None),
            (assertion(), Header, with_assertion, None),
        ] {
            assert_eq!(signed(proof, authentication), (body.to_owned(), header));
        }
        assert_eq!(
            ProvenClient { id: "", proof: secret() }.sign(Request::default(), Form).body(),
            b"client_secret=a%7Es%26c"
        );
    }

    #[test]
    fn no_debug_text_shows_a_proof() {
        for proof in [ClientProof::Secret("planted".into()), ClientProof::Assertion("planted".into())] {
            let client = ProvenClient { id: "client", proof };
            let request = client.sign(Request::default(), ClientAuthentication::Header);
            assert!(!format!("{client:?} {:?}", request.headers()).contains("planted"));
        }
    }
}
