//! Our application, toward the provider.

use secrecy::SecretString;

/// The relying party's registration: its id, and the secret that proves it is asking.
#[derive(Clone, Debug)]
pub(crate) struct Client {
    pub(crate) id: String,
    /// Without a secret nobody signs in here; the program is an API only.
    pub(crate) secret: Option<SecretString>,
}
