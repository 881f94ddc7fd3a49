//! Who may call: admission, and the declarations as text.

pub(crate) mod access_change;
pub(crate) mod admission;
pub(crate) mod authorization_lock;
pub(crate) mod caller_space;
#[cfg(feature = "openapi")]
pub(crate) mod openapi_document;
pub(crate) mod report;
pub(crate) mod requirement_words;
pub(crate) mod token_words;
