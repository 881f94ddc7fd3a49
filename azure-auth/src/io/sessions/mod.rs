//! Where sessions are kept.

pub(crate) mod beside;
pub(crate) mod cookie;
pub(crate) mod ended_list;
pub(crate) mod leases;
pub(crate) mod memory;
#[cfg(feature = "metrics")]
pub(crate) mod metered;
pub(crate) mod missed_ends;
#[cfg(feature = "redis")]
pub(crate) mod redis;
pub(crate) mod round_trip;
pub(crate) mod session_end;
pub(crate) mod store;
pub(crate) mod stream_places;

#[cfg(test)]
mod beside_tests;

#[cfg(test)]
mod store_tests;

#[cfg(all(test, feature = "metrics"))]
mod metered_tests;
