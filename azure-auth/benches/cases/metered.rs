//! The same requests in an application that has a recorder, which takes the numbers of the feature `metrics`.

use super::Iteration;

/// The case as it is when its `AzureAuth` finds a recorder of atomics. None without the feature.
#[cfg_attr(feature = "metrics", allow(clippy::unnecessary_wraps, reason = "without the feature there is none"))]
#[cfg(feature = "metrics")]
pub(super) fn metered(prepare: impl FnOnce() -> Iteration) -> Option<Iteration> {
    // Handles outlive it.
    Some(metrics::with_local_recorder(&recorder::AtomicRecorder::default(), prepare))
}

#[cfg(not(feature = "metrics"))]
pub(super) fn metered(_: impl FnOnce() -> Iteration) -> Option<Iteration> {
    None
}

#[cfg(feature = "metrics")]
#[path = "../../tests/support/recorder.rs"]
mod recorder;
