//! Instants in whole seconds.

use std::ops::Add;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Seconds since 1970-01-01T00:00:00Z, as the claims of a token count them (RFC 7519 §2, `NumericDate`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct UnixTime(pub(crate) u64);

impl UnixTime {
    /// 9999-12-31T23:59:59Z. Whoever writes a later end means "never".
    pub(crate) const END_OF_YEAR_9999: Self = Self(253_402_300_799);

    /// The time from `earlier` to this instant; zero if `earlier` is later.
    pub(crate) fn since(self, earlier: Self) -> Duration {
        Duration::from_secs(self.0.saturating_sub(earlier.0))
    }
}

impl Add<Duration> for UnixTime {
    type Output = Self;

    fn add(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(duration.as_secs()))
    }
}
