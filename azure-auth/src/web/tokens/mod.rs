//! Tokens for other APIs as requests need them: in hand, got for them, or the reason why there is none.

pub(crate) mod acquisition;
pub(crate) mod caller_groups;
pub(crate) mod pending;
pub(crate) mod refusal;
#[cfg(feature = "azure-sdk")]
pub(crate) mod sdk_credential;
#[cfg(feature = "azure-sdk")]
pub(crate) mod sdk_scopes;
pub(crate) mod served_rows;
pub(crate) mod token_error;
