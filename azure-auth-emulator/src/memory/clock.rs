//! The time.

use std::time::{SystemTime, UNIX_EPOCH};

/// The service dates its tokens back by this many seconds, for clocks that are slow.
pub(crate) const BACKDATED: u64 = 300;

/// Seconds since 1970.
pub(crate) fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}
