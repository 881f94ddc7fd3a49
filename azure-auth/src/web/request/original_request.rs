//! How a request came in, whatever middleware makes of it on its way.

use super::guard_notes::AddressMark;
use crate::rules::request::same_origin::ForeignRequest;

/// What was true of a request when it came in. Middleware may change its method and its headers; whoever asks later is
/// judged by both, so that nothing becomes harmless on the way.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OriginalRequest {
    /// It changes nothing. An upgrade that was not asked for then does not happen later.
    pub(crate) is_safe: bool,
    /// Where a request that may change something came from.
    pub(crate) origin: Result<(), ForeignRequest>,
    /// Whether the cookie of a frame counted.
    pub(crate) counts_in_frame: bool,
    /// What the provider answers does not get to where this arrived.
    pub(crate) is_misplaced: bool,
    pub(crate) address: AddressMark,
}
