//! Whether a configuration is complete, and what it means.

pub(crate) mod frame_ancestor;
pub(crate) mod mounting;
pub(crate) mod public_urls;
pub(crate) mod settings;
pub(crate) mod shown_address;
pub(crate) mod undeclared;
