//! What does a refusal of the token endpoint come to, for a token of another API?

use serde::Deserialize;
use serde_json::Value;

use super::claims_challenge::{RequestedClaims, claims_request, minified};
use crate::rules::sign_in::entra_error::EntraError;

/// A refusal of the token endpoint (RFC 6749 §5.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TokenRefusal {
    /// What is safe to show of it.
    pub(crate) error: EntraError,
    pub(crate) kind: RefusalKind,
    /// The claims that the next token has to have, as JSON: the person is sent to the provider with them.
    pub(crate) claims: Option<RequestedClaims>,
}

/// Who can do something about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RefusalKind {
    /// The person, or an administrator, has not agreed to a permission.
    ConsentRequired,
    /// The person has to prove something at the provider, or to sign in again.
    NeedsPerson,
    /// The access token of a caller, with which a program acts on their behalf, is over.
    AssertionOver,
    /// The program's own credential or registration.
    ClientRefused,
    /// There were too many requests.
    Throttled,
    /// The provider has a problem at the moment.
    ServerFault,
    /// The request, or something that nobody here knows.
    Other,
}

/// Codes that decide, where Entra writes the same `error` for different things.
const CONSENT: [u32; 4] = [65001, 65004, 90094, 90095];
const ASSERTION_OVER: u32 = 500_133;
/// The assertion is not for this program, or not signed by a key of the provider: no person can help.
const ASSERTION_UNUSABLE: [u32; 2] = [50013, 500_131];
const CLIENT: [u32; 18] = [
    70001, 70021, 700_016, 700_024, 700_025, 700_027, 700_211, 700_212, 700_213, 700_229, 7_000_112, 7_000_214,
    7_000_215, 7_000_218, 7_000_222, 7_000_274, 7_000_277, 1_000_502,
];
/// Entra counts the same request again and again as a loop.
const LOOP: u32 = 50196;

/// Sub-errors that no page at the provider can put right (as MSAL has it).
const WITHOUT_A_PAGE: [&str; 2] = ["client_mismatch", "protection_policy_required"];

/// Reads a refusal. None: the body is not one.
pub(crate) fn read(body: &[u8]) -> Option<TokenRefusal> {
    let written: Body = serde_json::from_slice(body).ok()?;
    let code = written.error_codes.get(0).and_then(Value::as_u64).and_then(|code| code.try_into().ok());
    let suberror = written.suberror.as_str();
    let error = EntraError::read(&written.error, written.error_description.as_str()).or_code(code);
    let kind = kind(error.error, error.code, suberror);
    Some(TokenRefusal { error: error.with_suberror(suberror), kind, claims: claims(&written.claims) })
}

fn kind(error: &str, code: Option<u32>, suberror: Option<&str>) -> RefusalKind {
    let is_one_of = |codes: &[u32]| code.is_some_and(|code| codes.contains(&code));
    match error {
        "temporarily_unavailable" => RefusalKind::Throttled,
        "server_error" => RefusalKind::ServerFault,
        _ if code == Some(LOOP) => RefusalKind::Throttled,
        _ if code == Some(ASSERTION_OVER) => RefusalKind::AssertionOver,
        "invalid_client" | "unauthorized_client" => RefusalKind::ClientRefused,
        _ if is_one_of(&CLIENT) => RefusalKind::ClientRefused,
        "consent_required" => RefusalKind::ConsentRequired,
        _ if is_one_of(&CONSENT) || suberror == Some("consent_required") => RefusalKind::ConsentRequired,
        _ if is_one_of(&ASSERTION_UNUSABLE) => RefusalKind::Other,
        _ if suberror.is_some_and(|suberror| WITHOUT_A_PAGE.contains(&suberror)) => RefusalKind::Other,
        "invalid_grant" | "interaction_required" | "login_required" => RefusalKind::NeedsPerson,
        _ => RefusalKind::Other,
    }
}

/// Claims are JSON in a text; what is not counts as none.
fn claims(found: &Value) -> Option<RequestedClaims> {
    let request = claims_request(found.as_str()?.as_bytes())?;
    Some(RequestedClaims(minified(&request)))
}

/// What is Entra's own does not make the refusal unreadable, whatever is in its place.
#[derive(Deserialize)]
struct Body {
    error: String,
    #[serde(default)]
    error_description: Value,
    #[serde(default)]
    error_codes: Value,
    #[serde(default)]
    suberror: Value,
    #[serde(default)]
    claims: Value,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(rest: &str) -> TokenRefusal {
        read(format!("{{{rest}}}").as_bytes()).expect(rest)
    }

    #[test]
    fn the_refusal_that_entra_documents_is_read() {
        let refusal = refusal(
            r#""error":"invalid_grant","error_description":"AADSTS50076: Due to a configuration change adele@contoso.com must use multi-factor authentication.\r\nTrace ID: fe370167-0bac-4a7c-98c7-b1df1d63f801\r\nCorrelation ID: 1fe73093-c804-4bf8-9a91-990f23c719c3\r\nTimestamp: 2026-01-01 19:49:04Z","error_codes":[50076],"timestamp":"2026-01-01 19:49:04Z","suberror":"basic_action","claims":"{\"access_token\": {\"polids\":{\"essential\":true,\"values\":[\"9ab03e19-ed42-4168-b6b7-7001fb3e933a\"]}}}""#,
        );
        assert_eq!((refusal.kind, refusal.error.code), (RefusalKind::NeedsPerson, Some(50076)));
        assert!(refusal.error.correlation_id.is_some());
        let claims =
            r#"{"access_token":{"polids":{"essential":true,"values":["9ab03e19-ed42-4168-b6b7-7001fb3e933a"]}}}"#;
        assert_eq!(refusal.claims, Some(RequestedClaims(claims.to_owned())));
        let printed = format!("{refusal:?} {}", refusal.error);
        assert!(!printed.contains("adele") && !printed.contains("polids"), "{printed}");
    }

    #[test]
    fn each_refusal_has_somebody_who_can_do_something() {
        use RefusalKind::*;
        for (error, code, suberror, expected) in [
            ("invalid_grant", 65001, "consent_required", ConsentRequired),
            ("invalid_grant", 65001, "", ConsentRequired),
            ("invalid_grant", 0, "consent_required", ConsentRequired),
            ("interaction_required", 65001, "", ConsentRequired),
            ("consent_required", 0, "", ConsentRequired),
            ("access_denied", 65004, "", ConsentRequired),
            ("invalid_grant", 90094, "", ConsentRequired),
            ("invalid_grant", 0, "", NeedsPerson),
            ("invalid_grant", 1, "", NeedsPerson),
            ("invalid_grant", 70000, "", NeedsPerson),
            ("invalid_grant", 700_082, "", NeedsPerson),
            ("invalid_grant", 50173, "", NeedsPerson),
            ("invalid_grant", 50076, "basic_action", NeedsPerson),
            ("invalid_grant", 0, "bad_token", NeedsPerson),
            ("interaction_required", 50079, "", NeedsPerson),
            ("interaction_required", 0, "message_only", NeedsPerson),
            ("login_required", 50058, "", NeedsPerson),
            ("invalid_grant", 0, "client_mismatch", Other),
            ("interaction_required", 0, "protection_policy_required", Other),
            ("invalid_grant", 500_133, "", AssertionOver),
            ("invalid_grant", 500_133, "basic_action", AssertionOver),
            ("invalid_grant", 50013, "", Other),
            ("invalid_grant", 500_131, "", Other),
            ("invalid_client", 7_000_215, "", ClientRefused),
            ("invalid_client", 7_000_222, "", ClientRefused),
            ("invalid_client", 700_027, "", ClientRefused),
            ("invalid_client", 0, "", ClientRefused),
            ("invalid_request", 70021, "", ClientRefused),
            ("invalid_grant", 700_229, "", ClientRefused),
            ("unauthorized_client", 700_016, "", ClientRefused),
            ("unauthorized_client", 0, "", ClientRefused),
            ("invalid_grant", 50196, "", Throttled),
            ("temporarily_unavailable", 0, "", Throttled),
            ("server_error", 50000, "", ServerFault),
            ("invalid_request", 28000, "", Other),
            ("invalid_scope", 70011, "", Other),
            ("invalid_resource", 500_011, "", Other),
            ("invented", 0, "", Other),
            ("", 0, "", Other),
        ] {
            let codes = if code == 0 { String::new() } else { format!(r#","error_codes":[{code}]"#) };
            let suberror = if suberror.is_empty() { String::new() } else { format!(r#","suberror":"{suberror}""#) };
            let text = format!(r#""error":"{error}"{codes}{suberror}"#);
            assert_eq!(refusal(&text).kind, expected, "{text}");
            if code != 0 {
                let described = format!(r#""error":"{error}","error_description":"AADSTS{code}: x"{suberror}"#);
                assert_eq!(refusal(&described).kind, expected, "{described}");
            }
        }
    }

    #[test]
    fn claims_that_are_not_json_count_as_none_and_nothing_else_does_harm() {
        let long = |length: usize| format!(r#""{{\"a\":\"{}\"}}""#, "b".repeat(length - 8));
        for (claims, expected) in [
            (r#""{\"access_token\":{}}""#.to_owned(), Some(r#"{"access_token":{}}"#.to_owned())),
            (long(8192), Some(format!(r#"{{"a":"{}"}}"#, "b".repeat(8184)))),
            (long(8193), None),
            (r#"{"access_token":{}}"#.to_owned(), None),
            (r#""""#.to_owned(), None),
            (r#""no""#.to_owned(), None),
            (r#""[]""#.to_owned(), None),
            (r#""7""#.to_owned(), None),
            ("7".to_owned(), None),
            ("null".to_owned(), None),
        ] {
            let refusal = refusal(&format!(r#""error":"interaction_required","claims":{claims}"#));
            assert_eq!(refusal.claims.map(|claims| claims.0), expected, "{claims}");
            assert_eq!(refusal.kind, RefusalKind::NeedsPerson);
        }
        for rest in [
            r#""error_description":7"#,
            r#""error_description":null"#,
            r#""error_codes":["65001"]"#,
            r#""error_codes":[-1,65001]"#,
            r#""error_codes":[99999999999]"#,
            r#""error_codes":65001"#,
            r#""suberror":["consent_required"]"#,
        ] {
            assert_eq!(refusal(&format!(r#""error":"invalid_grant",{rest}"#)).kind, RefusalKind::NeedsPerson, "{rest}");
        }
    }

    #[test]
    fn what_is_no_refusal_is_not_taken_for_one() {
        for body in [
            "",
            "<html>",
            "[]",
            "{}",
            "null",
            r#"{"error":null}"#,
            r#"{"error":{"code":"a"}}"#,
            r#"{"error":"a","error":"b"}"#,
        ] {
            assert_eq!(read(body.as_bytes()), None, "{body}");
        }
        assert_eq!(read(b"{\"error\":\"\xff\"}"), None);
    }
}
