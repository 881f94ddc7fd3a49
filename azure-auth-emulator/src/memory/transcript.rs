//! What was sent to the emulator.

/// One request and the status of its answer. Secrets, codes and tokens appear by their length only, so that printing an
/// exchange does no harm.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use azure_auth_emulator::Emulator;
///
/// let emulator = Emulator::start().await?;
/// reqwest::get(format!("{}/keys?code=abc", emulator.plain_issuer())).await?;
/// let exchange = &emulator.transcript()[0];
/// assert_eq!((exchange.method.as_str(), exchange.path.as_str(), exchange.status), ("GET", "/plain/keys", 200));
/// assert_eq!(exchange.parameter("code"), Some("(3 characters)"));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Exchange {
    /// `GET` or `POST`, or `OPTIONS` where a browser asks whether a page of another origin may send something.
    pub method: String,
    /// The path, without the query.
    pub path: String,
    /// The parameters of the query, in order.
    pub query: Vec<(String, String)>,
    /// The fields of the form, in order.
    pub form: Vec<(String, String)>,
    /// Whether there was an `Authorization` header.
    pub has_authorization: bool,
    /// The status of the answer; 0 while there is none.
    pub status: u16,
}

impl Exchange {
    /// The value of a query parameter or form field. `None` if it was not sent.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let emulator = azure_auth_emulator::Emulator::start().await?;
    /// reqwest::get(format!("{}/keys?colour=blue", emulator.plain_issuer())).await?;
    /// let exchange = &emulator.transcript()[0];
    /// assert_eq!((exchange.parameter("colour"), exchange.parameter("shape")), (Some("blue"), None));
    /// # Ok(())
    /// # }
    /// ```
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.query.iter().chain(&self.form).find(|(candidate, _)| candidate == name).map(|(_, value)| value.as_str())
    }
}

const SECRET: [&str; 10] = [
    "access_token",
    "assertion",
    "client_assertion",
    "client_secret",
    "code",
    "code_verifier",
    "id_token_hint",
    "nonce",
    "refresh_token",
    "state",
];

/// Pairs with the values of secrets replaced.
pub(crate) fn masked(pairs: &[(String, String)]) -> Vec<(String, String)> {
    let mask = |(name, value): &(String, String)| {
        let is_secret = SECRET.contains(&name.as_str());
        let value = if is_secret { format!("({} characters)", value.chars().count()) } else { value.clone() };
        (name.clone(), value)
    };
    pairs.iter().map(mask).collect()
}
