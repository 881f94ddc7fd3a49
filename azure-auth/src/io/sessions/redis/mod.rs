//! Sessions on a Redis server that replicas share.

pub(crate) mod beside;
pub(crate) mod credentials;
pub(crate) mod link;
pub(crate) mod near_cache;
mod scripts;
pub(crate) mod store;
pub(crate) mod tracking;

#[cfg(test)]
mod beside_tests;
#[cfg(test)]
mod store_tests;

/// The same servers as in the tests of whole programs.
#[cfg(test)]
#[path = "../../../../tests/support/redis_server.rs"]
#[allow(unreachable_pub, reason = "there it is part of a library")]
pub(crate) mod redis_server;
