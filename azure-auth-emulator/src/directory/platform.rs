//! What kind of application a redirect URI belongs to, and what that kind must do.

use std::net::{IpAddr, SocketAddr};

use std::time::Duration;

use crate::faults::entra_error::EntraError;

/// What a redirect URI is registered for. Codes and refresh tokens that began there belong to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Platform {
    /// A server, which proves itself with its secret.
    Web,
    /// A page in the browser, which cannot keep a secret.
    SinglePage,
}

impl Platform {
    /// A page has nothing but the verifier to show that a code is its own.
    pub(crate) fn check_challenge(self, challenge: Option<&str>) -> Result<(), EntraError> {
        if self == Self::SinglePage && challenge.is_none() {
            let text = "Proof Key for Code Exchange is required for cross-origin authorization code redemption.";
            return Err(EntraError::new("invalid_request", 9_002_325, text));
        }
        Ok(())
    }

    /// A browser names the origin of the page that sends a request to another one; a server has no reason to.
    pub(crate) fn check_origin(self, origin: Option<&str>) -> Result<(), EntraError> {
        let (code, text) = match (self, origin) {
            (Self::Web, None) | (Self::SinglePage, Some(_)) => return Ok(()),
            (Self::Web, Some(origin)) => (
                9_002_326,
                format!(
                    "Cross-origin token redemption is permitted only for the 'Single-Page Application' client-type. Request origin: '{origin}'."
                ),
            ),
            (Self::SinglePage, None) => (
                9_002_327,
                "Tokens issued for the 'Single-Page Application' client-type may only be redeemed via cross-origin requests."
                    .to_owned(),
            ),
        };
        Err(EntraError::new("invalid_request", code, text))
    }

    /// Refuses a refresh token of a page a day after the sign-in. Those of servers are good for 90 days without use, which
    /// is longer than an emulator runs.
    pub(crate) fn check_age(self, age: Duration) -> Result<(), EntraError> {
        if self == Self::SinglePage && age >= LIFETIME_IN_PAGES {
            let text = "The refresh token was issued to a single page app (SPA), and therefore has a fixed, limited lifetime of 1.00:00:00, which cannot be extended. It is now expired and a new sign in request must be sent by the SPA to the sign in page.";
            return Err(EntraError::new("invalid_grant", 700_084, text));
        }
        Ok(())
    }
}

const LIFETIME_IN_PAGES: Duration = Duration::from_secs(24 * 60 * 60);

/// The address as a redirect URI writes it, if it must be registered and can be: the real service accepts `localhost` under
/// any port anyway, and `[::1]` under none.
pub(crate) fn origin_to_register(address: SocketAddr) -> Option<String> {
    match address.ip() {
        IpAddr::V4(ip) if ip.is_loopback() && address.port() != 0 => Some(format!("http://{address}")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refresh_token_of_a_page_is_over_a_day_after_the_sign_in() {
        for (platform, seconds, expected) in [
            (Platform::SinglePage, 86_399, None),
            (Platform::SinglePage, 86_400, Some(700_084)),
            (Platform::Web, 86_400, None),
        ] {
            let code = platform.check_age(Duration::from_secs(seconds)).err().and_then(|error| error.code);
            assert_eq!(code, expected, "{platform:?} {seconds}");
        }
    }
}
