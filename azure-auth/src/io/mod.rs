//! Input and output: clock, randomness, the provider, and where sessions are kept.

pub(crate) mod ca_file;
pub(crate) mod clock;
pub(crate) mod cookie_store;
pub(crate) mod ended;
pub(crate) mod ended_list;
pub(crate) mod entropy;
pub(crate) mod leases;
pub(crate) mod lock_file;
pub(crate) mod memory_store;
pub(crate) mod missed_ends;
#[cfg(feature = "redis")]
pub(crate) mod near_cache;
pub(crate) mod once_a_minute;
pub(crate) mod provider;
pub(crate) mod recent;
#[cfg(feature = "redis")]
pub(crate) mod redis_credentials;
#[cfg(feature = "redis")]
pub(crate) mod redis_link;
#[cfg(feature = "redis")]
pub(crate) mod redis_store;
#[cfg(feature = "redis")]
pub(crate) mod redis_tracking;
pub(crate) mod session_store;
pub(crate) mod stream_places;
pub(crate) mod text_cache;
pub(crate) mod token_endpoint;
pub(crate) mod transport;
pub(crate) mod user_info;

#[cfg(all(test, feature = "redis"))]
mod redis_store_tests;
#[cfg(test)]
mod session_store_tests;

/// The same servers as in the tests of whole programs.
#[cfg(all(test, feature = "redis"))]
#[path = "../../../tests/src/redis.rs"]
#[allow(unreachable_pub, reason = "there it is part of a library")]
pub(crate) mod redis_server;
