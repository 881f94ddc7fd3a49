//! Which rows of a table a token opens, and why not the others.

use std::fmt;

use azure_auth_policy::RowAccess;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::examination::write_part;
use crate::model::callers::principal::Principal;
use crate::model::json::printable;
use crate::model::policies::row::Row;
use crate::model::refusals::diagnosis::Diagnosis;
use crate::model::refusals::reason::Reason;
use crate::model::unix_time::UnixTime;
use crate::rules::policy::admission;
use crate::rules::policy::requirement_words::words;

/// What a token says of itself, and what it opens.
#[derive(Clone, Debug)]
pub(crate) struct TokenExplanation {
    /// Claims that logs may hold.
    claims: Vec<(&'static str, String)>,
    /// The provider's signature says that they are true.
    is_verified: bool,
    /// Why it opens nothing.
    refused: Option<Refusal>,
    rows: Vec<ExplainedRow>,
}

/// A reason, and what it comes to here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) reason: Reason,
    pub(crate) diagnosis: Diagnosis,
}

#[derive(Clone, Debug)]
struct ExplainedRow {
    name: String,
    path: String,
    method: Option<String>,
    requirement: String,
    verdict: Verdict,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Verdict {
    Admitted,
    /// The function that is asked about the request.
    Asks(&'static str),
    Refused(Refusal),
}

impl TokenExplanation {
    /// `outcome`: whom the token proves, as a request with it would.
    pub(crate) fn of(
        rows: &[Row],
        token: &str,
        outcome: Result<&Principal, Refusal>,
        is_verified: bool,
        now: UnixTime,
    ) -> Self {
        let explained = |row: &Row| ExplainedRow {
            name: format!("{} {}", row.method(), row.path),
            path: row.path.clone(),
            method: row.method.clone(),
            requirement: words(&row.access()),
            verdict: judge(&row.access(), &outcome),
        };
        let rows = rows.iter().map(explained).collect();
        Self { claims: claims(token, now), is_verified, refused: outcome.err(), rows }
    }

    /// Whether it is a token that a row may accept.
    pub(crate) fn is_accepted(&self) -> bool {
        self.refused.is_none()
    }

    /// Whether nothing is known of it: the provider's keys were not to be had.
    pub(crate) fn is_unknown(&self) -> bool {
        self.refused.as_ref().is_some_and(|refusal| refusal.reason.status() >= 500)
    }

    /// `claims`, `verified`, `refused`, and `rows` with `path`, `method`, `outcome`, and the refusal.
    pub(crate) fn to_json(&self) -> String {
        let claims: serde_json::Map<String, Value> =
            self.claims.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
        let rows: Vec<Value> = self.rows.iter().map(ExplainedRow::to_json).collect();
        let refused = self.refused.as_ref().map(Refusal::to_json);
        format!("{:#}", json!({"claims": claims, "verified": self.is_verified, "refused": refused, "rows": rows}))
    }
}

/// As one guard after the other judges it. What is open looks at no token.
fn judge(access: &RowAccess<'static>, outcome: &Result<&Principal, Refusal>) -> Verdict {
    let RowAccess::Protected(requirements) = access else { return Verdict::Admitted };
    let principal = match outcome {
        Ok(principal) => principal,
        Err(refusal) => return Verdict::Refused(refusal.clone()),
    };
    for requirement in requirements {
        if let Err(refused) = admission::judge(requirement, principal) {
            let reason = refused.reason();
            return Verdict::Refused(Refusal { reason, diagnosis: Diagnosis::of(&refused, reason) });
        }
    }
    match requirements.iter().find_map(|requirement| requirement.check) {
        Some(check) => Verdict::Asks(check),
        None => Verdict::Admitted,
    }
}

impl Refusal {
    fn parts(&self) -> [(&'static str, &str); 4] {
        let Self { diagnosis, .. } = self;
        [
            ("cause", diagnosis.cause()),
            ("found", diagnosis.found()),
            ("expected", diagnosis.expected()),
            ("remedy", diagnosis.remedy()),
        ]
    }

    fn to_json(&self) -> Value {
        let mut refused = json!({"code": self.reason.code(), "status": self.reason.status()});
        for (title, text) in self.parts() {
            refused[title] = json!(text);
        }
        refused
    }

    fn write(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.parts().into_iter().try_for_each(|(title, text)| write_part(formatter, 4, title, text))
    }
}

impl ExplainedRow {
    fn to_json(&self) -> Value {
        let Self { path, method, requirement, verdict, .. } = self;
        let (outcome, check, refused) = match verdict {
            Verdict::Admitted => ("admitted", None, None),
            Verdict::Asks(check) => ("unknown", Some(check), None),
            Verdict::Refused(refusal) => ("refused", None, Some(refusal.to_json())),
        };
        json!({
            "path": path, "method": method, "requirement": requirement, "outcome": outcome, "check": check, "refused": refused,
        })
    }
}

impl fmt::Display for TokenExplanation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let title = match (self.claims.is_empty(), self.is_verified) {
            (true, _) => "claims: none that can be read",
            (false, true) => "claims",
            (false, false) => "claims, which anybody may have invented: the signature is not verified",
        };
        writeln!(formatter, "{title}")?;
        self.claims.iter().try_for_each(|(name, value)| write_part(formatter, 2, name, value))?;
        writeln!(formatter)?;
        match &self.refused {
            None => writeln!(formatter, "token: accepted")?,
            Some(refusal) => {
                writeln!(formatter, "token: refused, {}", refusal.reason.code())?;
                refusal.write(formatter)?;
            }
        }
        for row in &self.rows {
            match &row.verdict {
                Verdict::Admitted => writeln!(formatter, "\n{}: admitted", row.name)?,
                Verdict::Asks(check) => {
                    writeln!(formatter, "\n{}: unknown, because `{check}` is asked about each request", row.name)?;
                }
                Verdict::Refused(refusal) => {
                    writeln!(formatter, "\n{}: refused, {}", row.name, refusal.reason.code())?;
                    // What is wrong with the token itself is said above.
                    if self.refused.is_none() {
                        refusal.write(formatter)?;
                    }
                }
            }
        }
        Ok(())
    }
}

/// Claims that say nothing of the person, as they are written; nobody vouches for them here.
fn claims(token: &str, now: UnixTime) -> Vec<(&'static str, String)> {
    const NAMES: [&str; 10] = ["iss", "aud", "tid", "azp", "appid", "ver", "idtyp", "scp", "roles", "exp"];
    let mut parts = token.split('.').map(|part| {
        let bytes = URL_SAFE_NO_PAD.decode(part).ok()?;
        serde_json::from_slice::<Value>(&bytes).ok()
    });
    let (header, payload) = (parts.next().flatten(), parts.next().flatten());
    let key = header.as_ref().and_then(|header| header["kid"].as_str()).map(|id| ("kid", printable(id)));
    let of_payload = NAMES.into_iter().filter_map(|name| {
        let value = payload.as_ref()?.get(name)?;
        Some((name, if name == "exp" { expiry(value, now)? } else { said(value)? }))
    });
    key.into_iter().chain(of_payload).collect()
}

/// A text, or a list of texts.
fn said(value: &Value) -> Option<String> {
    match value {
        // Names of scopes are separated by blanks, which nothing else has.
        Value::String(text) => Some(text.split(' ').map(printable).collect::<Vec<_>>().join(" ")),
        Value::Array(values) => {
            let texts: Option<Vec<String>> = values.iter().map(|value| value.as_str().map(printable)).collect();
            texts.map(|texts| texts.join(", "))
        }
        _ => None,
    }
}

fn expiry(value: &Value, now: UnixTime) -> Option<String> {
    let expiry = UnixTime(value.as_u64()?);
    let (left, over) = (expiry.since(now).as_secs(), now.since(expiry).as_secs());
    Some(if left > 0 { format!("{} (in {left} s)", expiry.0) } else { format!("{} ({over} s ago)", expiry.0) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(header: &Value, payload: &Value) -> String {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        format!("{}.{}.c2lnbmF0dXJl", part(header), part(payload))
    }

    #[test]
    fn nothing_of_a_token_is_told_but_what_logs_may_hold() {
        let payload = json!({
            "iss": "https://login.example/x", "aud": "api", "tid": "t", "azp": "client", "ver": "2.0", "scp": "Files.Read A",
            "roles": ["Admin", "Writer"], "exp": 1_000, "oid": "PLANTED", "sub": "PLANTED", "name": "PLANTED",
            "preferred_username": "PLANTED", "email": "PLANTED", "unique_name": "PLANTED", "upn": "PLANTED", "nonce": "PLANTED",
            "groups": ["PLANTED"], "ipaddr": "PLANTED", "uti": "PLANTED",
        });
        let token = token(&json!({"alg": "RS256", "kid": "key\u{1b}[31m"}), &payload);
        let found = claims(&token, UnixTime(400));
        let text = |name: &str| found.iter().find(|(found, _)| *found == name).map(|(_, value)| value.as_str());
        assert!(!format!("{found:?}").contains("PLANTED"), "{found:?}");
        assert_eq!(text("kid"), Some("key[31m"), "nothing that a terminal obeys");
        assert_eq!(text("scp"), Some("Files.Read A"));
        assert_eq!(text("roles"), Some("Admin, Writer"));
        assert_eq!(text("exp"), Some("1000 (in 600 s)"));
    }

    #[test]
    fn what_is_not_a_token_says_nothing() {
        for text in ["", "a", "a.b.c", "....", "eyJhbGciOiJub25lIn0.!.x"] {
            assert_eq!(claims(text, UnixTime(0)), [], "{text}");
        }
    }
}
