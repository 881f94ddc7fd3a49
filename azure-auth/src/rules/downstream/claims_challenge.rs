//! Does an API ask for a token with other claims, and which?

use std::fmt;

use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, STANDARD};
use base64::{Engine, alphabet};
use serde_json::{Map, Value};

use super::challenges::{self, Challenge};

/// The claims that an API or a provider wants to see in the next token (Entra's continuous access evaluation, and its step-up):
/// a claims request (OpenID Connect Core 1.0 §5.5), without blanks.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct RequestedClaims(pub(crate) String);

/// Which policies a person is under is nobody's business.
impl fmt::Debug for RequestedClaims {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("RequestedClaims").finish_non_exhaustive()
    }
}

/// A claims request has a few hundred bytes; it goes into addresses and cookies.
const LONGEST_CLAIMS: usize = 8 * 1024;

/// A header that says more is not about claims alone.
const LONGEST_HEADER: usize = 32 * 1024;

/// The only error that asks for claims.
const INSUFFICIENT_CLAIMS: &[u8] = b"insufficient_claims";

/// The member of a claims request that is about the access token.
const ACCESS_TOKEN: &str = "access_token";

/// The claim in which a client says what it can do, and that it can answer challenges.
const CAPABILITIES: &str = "xms_cc";
const ANSWERS_CHALLENGES: &str = "cp1";

/// Written with or without padding, in both alphabets.
const LENIENT: GeneralPurposeConfig =
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
const ENGINES: [GeneralPurpose; 2] =
    [GeneralPurpose::new(&alphabet::STANDARD, LENIENT), GeneralPurpose::new(&alphabet::URL_SAFE, LENIENT)];

/// Reads every `WWW-Authenticate` of an answer with status 401. None: there is no challenge of this kind, and the 401 is an
/// ordinary one.
pub(crate) fn read<'h>(headers: impl IntoIterator<Item = &'h [u8]>) -> Option<RequestedClaims> {
    let headers = headers.into_iter().filter(|header| header.len() <= LONGEST_HEADER);
    let mut challenges = headers.filter_map(challenges::read).flatten();
    challenges.find_map(|challenge| claims(&challenge))
}

/// The claims that one challenge asks for: all of it has to come from the same one.
fn claims(challenge: &Challenge<'_>) -> Option<RequestedClaims> {
    let is_meant = challenge.is_of("Bearer")
        && challenge.is_unambiguous()
        && challenge.parameter("error") == Some(INSUFFICIENT_CLAIMS);
    let written = challenge.parameter("claims").filter(|_| is_meant)?;
    // No alphabet has a brace: some APIs write the JSON itself.
    let request = match written {
        [b'{', ..] => claims_request(written),
        _ => ENGINES.iter().find_map(|engine| engine.decode(written).ok()).and_then(|json| claims_request(&json)),
    }?;
    request.get(ACCESS_TOKEN).is_some_and(Value::is_object).then(|| RequestedClaims(minified(&request)))
}

/// A claims request from outside, as an object of limited size.
pub(super) fn claims_request(json: &[u8]) -> Option<Map<String, Value>> {
    if json.len() > LONGEST_CLAIMS {
        return None;
    }
    serde_json::from_slice(json).ok().filter(|request| minified(request).len() <= LONGEST_CLAIMS)
}

pub(super) fn minified(request: &Map<String, Value>) -> String {
    serde_json::to_string(request).unwrap_or_default()
}

/// What is sent to the provider: the claims that are asked for, if there are any, and where the program can answer
/// challenges, that it can. None: nothing is sent.
pub(crate) fn merged(claims: Option<&str>, declares_capability: bool) -> Option<String> {
    let request = claims.and_then(|claims| claims_request(claims.as_bytes()));
    if !declares_capability {
        return request.as_ref().map(minified);
    }
    let mut request = request.unwrap_or_default();
    let mut of_token = taken(&mut request, ACCESS_TOKEN);
    let mut capabilities = taken(&mut of_token, CAPABILITIES);
    let mut values = match capabilities.remove("values") {
        Some(Value::Array(values)) => values,
        _ => Vec::new(),
    };
    let is_it = |value: &Value| value.as_str().is_some_and(|value| value.eq_ignore_ascii_case(ANSWERS_CHALLENGES));
    if !values.iter().any(is_it) {
        values.push(ANSWERS_CHALLENGES.into());
    }
    capabilities.insert("values".to_owned(), values.into());
    of_token.insert(CAPABILITIES.to_owned(), capabilities.into());
    request.insert(ACCESS_TOKEN.to_owned(), of_token.into());
    Some(minified(&request))
}

/// The object of this name, which null and every other value in its place stands for as well.
fn taken(request: &mut Map<String, Value>, name: &str) -> Map<String, Value> {
    match request.remove(name) {
        Some(Value::Object(object)) => object,
        _ => Map::new(),
    }
}

/// As a challenge of our own says it to callers: base64 with padding, which every client library of Entra reads.
pub(crate) fn encoded(claims: &str) -> String {
    STANDARD.encode(claims)
}

#[cfg(test)]
mod tests {
    use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
    use proptest::prelude::*;

    use super::*;

    /// With characters that the two alphabets write differently, and a length that needs padding.
    const CLAIMS: &str = r#"{"access_token":{"acrs":{"essential":true,"value":"c1??>>~~~"}}}"#;

    fn found(headers: &[&str]) -> Option<String> {
        read(headers.iter().map(|header| header.as_bytes())).map(|claims| claims.0)
    }

    fn challenge(claims: &str) -> String {
        format!(r#"Bearer error="insufficient_claims", claims="{claims}""#)
    }

    #[test]
    fn the_challenges_of_microsoft_are_read() {
        let step_up = r#"Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize", client_id="11111111-aaaa-4bbb-8ccc-222222222222", error="insufficient_claims", claims="eyJhY2Nlc3NfdG9rZW4iOnsiYWNycyI6eyJlc3NlbnRpYWwiOnRydWUsInZhbHVlIjoiYzEifX19", cc_type="authcontext""#;
        let expected = r#"{"access_token":{"acrs":{"essential":true,"value":"c1"}}}"#;
        assert_eq!(found(&[step_up]).as_deref(), Some(expected));
        let revoked = r#"{"access_token":{"nbf":{"essential":true, "value":"1604106651"}}}"#;
        let graph = format!(
            r#"Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize", client_id="00000003-0000-0000-c000-000000000000", errorDescription="Continuous access evaluation resulted in challenge with result: InteractionRequired, code: TokenIssuedBeforeRevocationTimestamp", error="insufficient_claims", claims="{}""#,
            encoded(revoked)
        );
        assert_eq!(found(&[&graph]), Some(revoked.replace(' ', "")));
        assert_eq!(
            found(&[&format!("Negotiate oYG2MIGzoAMKAQ==, {graph}, Basic realm=\"a,b\"")]),
            Some(revoked.replace(' ', ""))
        );
        assert_eq!(found(&["Negotiate", "not, a = \"challenge", step_up]).as_deref(), Some(expected));
    }

    #[test]
    fn claims_are_base64_of_every_kind_or_json() {
        let with_blanks = CLAIMS.replace(':', " : ");
        for written in [
            STANDARD.encode(CLAIMS),
            STANDARD_NO_PAD.encode(CLAIMS),
            URL_SAFE.encode(CLAIMS),
            URL_SAFE_NO_PAD.encode(CLAIMS),
            STANDARD.encode(&with_blanks),
            CLAIMS.replace('"', "\\\""),
            with_blanks.replace('"', "\\\""),
        ] {
            assert_eq!(found(&[&challenge(&written)]).as_deref(), Some(CLAIMS), "{written}");
        }
        assert!(STANDARD.encode(CLAIMS).contains(['+', '/']) && STANDARD.encode(CLAIMS).ends_with('='));
    }

    #[test]
    fn everything_else_is_an_ordinary_401() {
        let good = encoded(CLAIMS);
        let of = |json: &str| challenge(&encoded(json));
        let long = |length: usize| of(&format!(r#"{{"access_token":{{"a":"{}"}}}}"#, "b".repeat(length - 25)));
        assert!(found(&[&long(LONGEST_CLAIMS)]).is_some());
        for header in [
            String::new(),
            "Bearer".to_owned(),
            r#"Bearer error="insufficient_claims""#.to_owned(),
            format!(r#"Bearer claims="{good}""#),
            format!(r#"Bearer error="invalid_token", claims="{good}""#),
            format!(r#"Bearer error="Insufficient_Claims", claims="{good}""#),
            format!(r#"Basic error="insufficient_claims", claims="{good}""#),
            // Each member of another challenge.
            format!(r#"Bearer error="insufficient_claims", Basic claims="{good}""#),
            format!(r#"Bearer error="insufficient_claims", Bearer claims="{good}""#),
            // Twice.
            format!(r#"Bearer error="insufficient_claims", claims="{good}", claims="{good}""#),
            format!(r#"Bearer error="insufficient_claims", claims="{good}", CLAIMS="{good}""#),
            format!(r#"Bearer error="insufficient_claims", claims="{good}", error="invalid_token""#),
            format!(r#"Bearer error="insufficient_claims", claims="{good}", realm=a, realm=b"#),
            // A value between no quotes has neither padding nor braces.
            format!(r#"Bearer error="insufficient_claims", claims={good}"#),
            challenge(""),
            challenge("{}"),
            challenge("a"),
            challenge("=\t="),
            challenge(&format!("{good}=")),
            challenge(&format!(" {good}")),
            of(""),
            of("[]"),
            of("null"),
            of("{}"),
            of(r#"{"id_token":{"acrs":null}}"#),
            of(r#"{"access_token":null}"#),
            of(r#"{"access_token":"a"}"#),
            of(&format!("{CLAIMS}x")),
            of(&format!("{}{}", "[".repeat(4000), "]".repeat(4000))),
            long(LONGEST_CLAIMS + 1),
            format!("{}, Basic a=\"{}\"", challenge(&good), "b".repeat(LONGEST_HEADER)),
        ] {
            assert_eq!(found(&[&header]), None, "{header}");
        }
    }

    #[test]
    fn the_first_challenge_with_claims_counts() {
        let other = r#"{"access_token":{"nbf":{}}}"#;
        let both = format!("{}, {}", challenge("{}"), challenge(&encoded(other)));
        assert_eq!(found(&[&both]).as_deref(), Some(other));
        assert_eq!(found(&[&challenge(&encoded(other)), &challenge(&encoded(CLAIMS))]).as_deref(), Some(other));
    }

    #[test]
    fn claims_and_what_the_program_can_do_are_sent_together() {
        for (claims, without, with) in [
            (None, None, r#"{"access_token":{"xms_cc":{"values":["cp1"]}}}"#),
            (Some("no json"), None, r#"{"access_token":{"xms_cc":{"values":["cp1"]}}}"#),
            (
                Some(r#"{"access_token":{"acrs":{"value":"c25"}}}"#),
                Some(r#"{"access_token":{"acrs":{"value":"c25"}}}"#),
                r#"{"access_token":{"acrs":{"value":"c25"},"xms_cc":{"values":["cp1"]}}}"#,
            ),
            (
                Some(r#"{ "id_token": {} }"#),
                Some(r#"{"id_token":{}}"#),
                r#"{"access_token":{"xms_cc":{"values":["cp1"]}},"id_token":{}}"#,
            ),
            (
                Some(r#"{"access_token":{"xms_cc":{"values":["CP1"]}}}"#),
                Some(r#"{"access_token":{"xms_cc":{"values":["CP1"]}}}"#),
                r#"{"access_token":{"xms_cc":{"values":["CP1"]}}}"#,
            ),
            (
                Some(r#"{"access_token":{"xms_cc":{"values":["a"]}}}"#),
                Some(r#"{"access_token":{"xms_cc":{"values":["a"]}}}"#),
                r#"{"access_token":{"xms_cc":{"values":["a","cp1"]}}}"#,
            ),
            (
                Some(r#"{"access_token":{"xms_cc":null}}"#),
                Some(r#"{"access_token":{"xms_cc":null}}"#),
                r#"{"access_token":{"xms_cc":{"values":["cp1"]}}}"#,
            ),
        ] {
            assert_eq!(merged(claims, false).as_deref(), without, "{claims:?}");
            assert_eq!(merged(claims, true).as_deref(), Some(with), "{claims:?}");
        }
    }

    #[test]
    fn a_challenge_never_prints_its_claims() {
        let claims = RequestedClaims(CLAIMS.to_owned());
        assert_eq!(format!("{claims:?}"), "RequestedClaims { .. }");
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 4096, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn no_header_makes_reading_it_panic(
            bytes in proptest::collection::vec(any::<u8>(), 0..64),
            text in "[Ba\\\\\", =\t{}:+/_-]{0,48}",
        ) {
            let claims = encoded(CLAIMS);
            for header in [
                text.clone().into_bytes(),
                bytes.clone(),
                challenge(&text).into_bytes(),
                [b"Bearer error=\"insufficient_claims\", claims=\"", &bytes[..], b"\""].concat(),
                [challenge(&claims).as_bytes(), &bytes[..]].concat(),
            ] {
                if let Some(RequestedClaims(claims)) = read([&header[..]]) {
                    prop_assert!(claims_request(claims.as_bytes()).is_some());
                }
            }
        }

        #[test]
        fn what_we_write_is_read_again(name in "[a-z_]{1,12}", value in ".{0,40}", before in "(Negotiate, |Basic realm=\"[a-z, ]{0,9}\", )?") {
            let claims = serde_json::json!({"access_token": {name: {"essential": true, "value": value}}}).to_string();
            let header = format!("{before}{}", challenge(&encoded(&claims)));
            prop_assert_eq!(found(&[&header]), Some(claims));
        }
    }
}
