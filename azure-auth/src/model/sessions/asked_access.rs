//! What a sign-in asks for at other APIs.

use serde::{Deserialize, Serialize};

/// What a sign-in asks for beside the sign-in itself. It travels with `state`, so that the code is redeemed for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct AskedAccess {
    /// The code is redeemed for the first of them; the refresh token brings the others.
    pub(crate) apis: Vec<AskedApi>,
    /// An API did not take the token that there was, and said what it misses.
    pub(crate) is_challenged: bool,
}

/// Permissions of one API.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct AskedApi {
    /// Its application id URI.
    pub(crate) uri: String,
    /// Without the API in front, sorted.
    pub(crate) names: Vec<String>,
}
