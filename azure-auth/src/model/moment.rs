//! Points on a clock that only goes forward.

use std::ops::Add;
use std::time::Duration;

/// Time since some point that never changes while the program runs. Only differences mean anything: nothing outside this
/// process has it, and setting the clock of the machine does not move it.
///
/// Ages, rests and cool-downs count in it; what tokens and cookies say of time counts in
/// [`UnixTime`](super::unix_time::UnixTime).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Moment(Duration);

impl Moment {
    /// So long after the point that never changes.
    pub(crate) const fn after(beginning: Duration) -> Self {
        Self(beginning)
    }

    /// The time from `earlier` to this moment; zero if `earlier` is later.
    pub(crate) fn since(self, earlier: Self) -> Duration {
        self.0.saturating_sub(earlier.0)
    }
}

impl Add<Duration> for Moment {
    type Output = Self;

    fn add(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(duration))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_seconds_count_and_nothing_is_younger_than_new() {
        let first = Moment::after(Duration::from_secs(7));
        let second = first + Duration::from_millis(1500);
        assert_eq!(second.since(first), Duration::from_millis(1500));
        assert_eq!(first.since(second), Duration::ZERO);
        assert_eq!(first + Duration::MAX, second + Duration::MAX);
    }
}
