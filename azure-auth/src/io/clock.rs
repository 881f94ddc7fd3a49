//! The only reader of time.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::model::unix_time::UnixTime;

/// Now, in whole seconds. A clock before 1970 reads as 1970: then every token and session is from the future.
pub(crate) fn now() -> UnixTime {
    UnixTime(SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs()))
}
