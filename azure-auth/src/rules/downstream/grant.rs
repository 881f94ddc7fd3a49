//! What is asked of the token endpoint: the grants, without who asks.

use std::fmt;

use secrecy::{ExposeSecret, SecretString};

/// The parameters of a request to the token endpoint, without the client's proof of itself.
pub(crate) struct Grant(Vec<(&'static str, SecretString)>);

impl Grant {
    /// A token for scopes of one API, for the person whose refresh token it is (RFC 6749 §6). `claims`: what a challenge asks
    /// for, as JSON.
    pub(crate) fn refresh(refresh_token: &SecretString, scopes: &[String], claims: Option<&str>) -> Self {
        // Without `offline_access` some providers give no refresh token in place of this one.
        let scopes = format!("{} offline_access", scopes.join(" "));
        Self(vec![
            ("grant_type", "refresh_token".into()),
            ("refresh_token", refresh_token.clone()),
            ("scope", scopes.into()),
        ])
        .with_claims(claims)
    }

    /// A token for scopes of one API, for the person whose access token a caller sent (RFC 7523 §2.1, as Entra has it).
    pub(crate) fn on_behalf_of(assertion: &SecretString, scopes: &[String], claims: Option<&str>) -> Self {
        Self(vec![
            ("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer".into()),
            ("assertion", assertion.clone()),
            ("requested_token_use", "on_behalf_of".into()),
            ("scope", scopes.join(" ").into()),
        ])
        .with_claims(claims)
    }

    /// The program's own token for an API (RFC 6749 §4.4), with all that it was given there (`.default`): Entra takes nothing
    /// else.
    pub(crate) fn client_credentials(scopes: &[String], claims: Option<&str>) -> Self {
        Self(vec![("grant_type", "client_credentials".into()), ("scope", scopes.join(" ").into())]).with_claims(claims)
    }

    /// As they go into the form.
    pub(crate) fn parameters(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.0.iter().map(|(name, value)| (*name, value.expose_secret()))
    }

    fn with_claims(mut self, claims: Option<&str>) -> Self {
        self.0.extend(claims.map(|claims| ("claims", SecretString::from(claims))));
        self
    }
}

/// The names alone: some of the values are as good as a password.
impl fmt::Debug for Grant {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_set().entries(self.0.iter().map(|(name, _)| name)).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(grant: &Grant) -> String {
        url::form_urlencoded::Serializer::new(String::new()).extend_pairs(grant.parameters()).finish()
    }

    #[test]
    fn each_grant_is_written_as_entra_documents_it() {
        let (token, scopes) = (SecretString::from("t+1"), ["api://a/B".to_owned(), "api://a/C".to_owned()]);
        let claims = Some(r#"{"access_token":{}}"#);
        for (grant, expected) in [
            (
                Grant::refresh(&token, &scopes, None),
                "grant_type=refresh_token&refresh_token=t%2B1&scope=api%3A%2F%2Fa%2FB+api%3A%2F%2Fa%2FC+offline_access",
            ),
            (
                Grant::refresh(&token, &scopes[..1], claims),
                "grant_type=refresh_token&refresh_token=t%2B1&scope=api%3A%2F%2Fa%2FB+offline_access\
                 &claims=%7B%22access_token%22%3A%7B%7D%7D",
            ),
            (
                Grant::on_behalf_of(&token, &scopes, claims),
                "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=t%2B1\
                 &requested_token_use=on_behalf_of&scope=api%3A%2F%2Fa%2FB+api%3A%2F%2Fa%2FC\
                 &claims=%7B%22access_token%22%3A%7B%7D%7D",
            ),
            (
                Grant::client_credentials(&["https://management.azure.com//.default".to_owned()], None),
                "grant_type=client_credentials&scope=https%3A%2F%2Fmanagement.azure.com%2F%2F.default",
            ),
        ] {
            assert_eq!(written(&grant), expected);
        }
    }

    #[test]
    fn a_grant_prints_names_alone() {
        let secret = SecretString::from("planted");
        for grant in [Grant::refresh(&secret, &[], Some("planted")), Grant::on_behalf_of(&secret, &[], Some("planted"))]
        {
            let printed = format!("{grant:?}");
            assert!(printed.contains("grant_type") && !printed.contains("planted"), "{printed}");
        }
    }
}
