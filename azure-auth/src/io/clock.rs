//! The only reader of time.

use std::sync::LazyLock;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use crate::model::moment::Moment;
use crate::model::unix_time::UnixTime;

/// When this process first asked.
static BEGINNING: LazyLock<Instant> = LazyLock::new(Instant::now);

/// Now, in whole seconds. A clock before 1970 reads as 1970: then every token and session is from the future.
pub(crate) fn now() -> UnixTime {
    let now = UnixTime(SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs()));
    #[cfg(test)]
    let now = test_clock::wall(now);
    now
}

/// The same for people and their files, in parts of seconds.
pub(crate) fn system_time() -> SystemTime {
    SystemTime::now()
}

/// Now, on a clock that nobody sets.
pub(crate) fn moment() -> Moment {
    let moment = Moment::after(BEGINNING.elapsed());
    #[cfg(test)]
    let moment = test_clock::forward(moment);
    moment
}

/// A clock of a test's own, on its own thread.
#[cfg(test)]
pub(crate) mod test_clock {
    use std::cell::Cell;
    use std::time::Duration;

    use super::{Moment, UnixTime};

    thread_local! {
        static SET_AHEAD: Cell<Duration> = const { Cell::new(Duration::ZERO) };
        static PASSED: Cell<Duration> = const { Cell::new(Duration::ZERO) };
    }

    /// Somebody sets the clock of the machine ahead by so much; by nothing sets it right again.
    pub(crate) fn set_ahead(by: Duration) {
        SET_AHEAD.set(by);
    }

    /// Time passes.
    pub(crate) fn pass(time: Duration) {
        PASSED.set(PASSED.get() + time);
    }

    pub(super) fn wall(now: UnixTime) -> UnixTime {
        now + PASSED.get() + SET_AHEAD.get()
    }

    pub(super) fn forward(moment: Moment) -> Moment {
        moment + PASSED.get()
    }
}
