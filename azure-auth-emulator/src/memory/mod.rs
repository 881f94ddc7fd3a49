//! What the emulator remembers while it runs.

pub(crate) mod claims_request;
pub(crate) mod clock;
pub(crate) mod consents;
pub(crate) mod demands;
pub(crate) mod front_channel;
pub(crate) mod gates;
pub(crate) mod issued;
pub(crate) mod keys;
pub(crate) mod random;
pub(crate) mod session;
pub(crate) mod state;
pub(crate) mod transcript;
