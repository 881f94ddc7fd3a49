//! Public keys as a provider publishes them.

use serde::Deserialize;

/// One JSON web key (RFC 7517 §4), with the two members that Entra adds. Unknown members are ignored.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
pub(crate) struct JsonWebKey {
    pub(crate) kty: String,
    #[serde(default, rename = "use")]
    pub(crate) usage: Option<String>,
    #[serde(default)]
    pub(crate) key_ops: Option<Vec<String>>,
    #[serde(default)]
    pub(crate) alg: Option<String>,
    #[serde(default)]
    pub(crate) kid: Option<String>,
    #[serde(default)]
    pub(crate) n: Option<String>,
    #[serde(default)]
    pub(crate) e: Option<String>,
    /// For which issuer this key may sign; a template on tenant-independent key sets.
    #[serde(default)]
    pub(crate) issuer: Option<String>,
    /// In which cloud this key may sign; the public set also lists keys of another cloud.
    #[serde(default)]
    pub(crate) cloud_instance_name: Option<String>,
}

/// A key set document (RFC 7517 §5). Keys stay unread until each is judged alone: a single bad one is skipped.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct JsonWebKeySet {
    pub(crate) keys: Vec<serde_json::Value>,
}
