//! What happens, in numbers, for whatever recorder of the crate `metrics` the program has installed. Without the feature
//! `metrics` nothing of it is left: handles are empty, and no clock is read for them.
//!
//! What is counted for every request has a handle that is made with its `AzureAuth`. The rest is found by name when it
//! happens, next to which that is nothing. No label comes from outside: all of them are words of this source, so that their
//! number is known.

pub(crate) mod catalogue;
pub(crate) mod handles;
pub(crate) mod of_requests;
