//! How a request came in, whatever middleware makes of it on its way.

use poem::Request;

use super::application::Application;
use super::{credential, request_facts, session};
use crate::rules::same_origin::ForeignRequest;

/// What was true of a request when it arrived. Middleware may change its method and its headers; whoever asks later is
/// judged by both, so that nothing becomes harmless on the way.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Arrival {
    pub(crate) is_safe: bool,
    pub(crate) origin: Result<(), ForeignRequest>,
    /// Whether the cookie of a frame counted.
    pub(crate) counts_in_frame: bool,
}

impl Arrival {
    /// Of a request that the library answers itself: nobody changes it before.
    pub(crate) const AT_OWN_PATH: Self = Self { is_safe: true, origin: Ok(()), counts_in_frame: true };

    pub(crate) fn of(application: &Application, request: &Request) -> Self {
        let is_safe = request_facts::is_safe(request);
        let origin = match credential::own_origin(application, request) {
            // Browsers that read say nothing: that is no sign of another origin.
            Err(ForeignRequest::Unknown) if is_safe => Ok(()),
            origin => origin,
        };
        Self { is_safe, origin, counts_in_frame: session::counts_in_frame(application, request) }
    }
}
