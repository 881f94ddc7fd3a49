//! How an application comes to know that a session at the provider is over.

use url::form_urlencoded;

/// What a browser that signs out is made to load, in a hidden frame, for one application (OpenID Connect Front-Channel
/// Logout 1.0 §2). Change a field to see what the application makes of a request that is not meant for it.
///
/// ```
/// use azure_auth_emulator::FrontChannelRequest;
///
/// let request = FrontChannelRequest {
///     logout_url: "http://localhost:3000/signed-out".to_owned(),
///     issuer: "https://login.test/v2.0".to_owned(),
///     sid: "a".to_owned(),
/// };
/// let foreign = FrontChannelRequest { sid: "b".to_owned(), ..request };
/// assert_eq!(foreign.url(), "http://localhost:3000/signed-out?iss=https%3A%2F%2Flogin.test%2Fv2.0&sid=b");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FrontChannelRequest {
    /// The application's front-channel logout URL, with the port that it is loaded at.
    pub logout_url: String,
    /// `iss`, as in the application's ID tokens.
    pub issuer: String,
    /// `sid`, as in the application's ID tokens if it asked for that claim.
    pub sid: String,
}

impl FrontChannelRequest {
    /// The address to `GET`: the logout URL with `iss` and `sid`.
    ///
    /// ```
    /// use azure_auth_emulator::FrontChannelRequest;
    ///
    /// let request = FrontChannelRequest {
    ///     logout_url: "http://localhost:3000/signed-out".to_owned(),
    ///     issuer: "https://login.test/v2.0".to_owned(),
    ///     sid: "a".to_owned(),
    /// };
    /// assert!(request.url().ends_with("?iss=https%3A%2F%2Flogin.test%2Fv2.0&sid=a"));
    /// ```
    pub fn url(&self) -> String {
        let mut parameters = form_urlencoded::Serializer::new(String::new());
        let parameters = parameters.append_pair("iss", &self.issuer).append_pair("sid", &self.sid).finish();
        let separator = if self.logout_url.contains('?') { '&' } else { '?' };
        format!("{}{separator}{parameters}", self.logout_url)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_of_the_registered_address_stays() {
        let logout_url = "https://app.test/out?a=b".to_owned();
        let request = FrontChannelRequest { logout_url, issuer: "i&".to_owned(), sid: "s".to_owned() };
        assert_eq!(request.url(), "https://app.test/out?a=b&iss=i%26&sid=s");
    }
}
