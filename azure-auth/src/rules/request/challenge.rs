//! The challenge of a 401 or 403 to a program (RFC 6750 §3).

use std::fmt::Write;

/// What a challenge says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Challenge {
    pub(crate) error: ChallengeError,
    /// A plain sentence.
    pub(crate) description: String,
    /// The scopes that would have been enough.
    pub(crate) scope: Vec<String>,
    /// What a token must have been issued with, as JSON in base64: for clients that asked for a token of ours.
    pub(crate) claims: Option<String>,
}

/// The registered errors of §3.1, and none where no token was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ChallengeError {
    None,
    InvalidRequest,
    InvalidToken,
    InsufficientScope,
    /// Microsoft's: the client asks for a new token, with the claims.
    InsufficientClaims,
}

impl Challenge {
    /// The value of `WWW-Authenticate`. `realm` is the tenant as configured. `authorization_uri` is where Entra signs people
    /// in: its client libraries look for it in a 401.
    pub(crate) fn header(&self, realm: &str, authorization_uri: Option<&str>) -> String {
        let mut header = format!("Bearer realm=\"{}\"", quotable(realm));
        // Writing to a text cannot fail.
        if let Some(address) = authorization_uri {
            let _ = write!(header, ", authorization_uri=\"{}\"", quotable(address));
        }
        let error = match self.error {
            ChallengeError::None => return header,
            ChallengeError::InvalidRequest => "invalid_request",
            ChallengeError::InvalidToken => "invalid_token",
            ChallengeError::InsufficientScope => "insufficient_scope",
            ChallengeError::InsufficientClaims => "insufficient_claims",
        };
        let _ = write!(header, ", error=\"{error}\", error_description=\"{}\"", quotable(&self.description));
        if !self.scope.is_empty() {
            let _ = write!(header, ", scope=\"{}\"", quotable(&self.scope.join(" ")));
        }
        if let Some(claims) = &self.claims {
            let _ = write!(header, ", claims=\"{}\"", quotable(claims));
        }
        header
    }
}

/// What may be written between quotes there: printable ASCII without quote and backslash.
fn quotable(text: &str) -> String {
    text.chars()
        .map(|letter| match letter {
            '"' | '`' => '\'',
            '\\' => '/',
            ' ' => ' ',
            letter if letter.is_ascii_graphic() => letter,
            _ => '?',
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_token_there_is_a_realm_and_no_error() {
        let challenge = Challenge {
            error: ChallengeError::None,
            description: "x".to_owned(),
            scope: vec!["a".to_owned()],
            claims: None,
        };
        assert_eq!(challenge.header("common", None), "Bearer realm=\"common\"");
        assert_eq!(
            challenge.header("common", Some("https://login.example/common/oauth2/v2.0/authorize")),
            "Bearer realm=\"common\", authorization_uri=\"https://login.example/common/oauth2/v2.0/authorize\""
        );
    }

    #[test]
    fn what_is_missing_is_named() {
        let challenge = Challenge {
            error: ChallengeError::InsufficientScope,
            description: "expected `Files.Read`".to_owned(),
            scope: vec!["Files.Read".to_owned(), "Files.List".to_owned()],
            claims: None,
        };
        assert_eq!(
            challenge.header("t", None),
            "Bearer realm=\"t\", error=\"insufficient_scope\", error_description=\"expected 'Files.Read'\", \
             scope=\"Files.Read Files.List\""
        );
    }

    #[test]
    fn nothing_breaks_out_of_the_quotes() {
        let description = "a\"b\\c\r\nd\u{e9}\0".to_owned();
        let challenge = Challenge { error: ChallengeError::InvalidToken, description, scope: Vec::new(), claims: None };
        assert_eq!(
            challenge.header("\"\r\n", None),
            "Bearer realm=\"'??\", error=\"invalid_token\", error_description=\"a'b/c??d??\""
        );
    }
}
