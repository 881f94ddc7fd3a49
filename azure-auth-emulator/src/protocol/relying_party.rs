//! The application that sends a browser here, and the address to which it may be sent back.

use crate::directory::application::Application;
use crate::directory::platform::Platform;
use crate::exchange::call::Call;
use crate::faults::entra_error::EntraError;
use crate::memory::state::State;

/// A registration, and a redirect URI that belongs to it. Without both nothing is sent back, because the address could
/// be anybody's.
pub(crate) struct RelyingParty<'s, 'c> {
    pub(crate) application: &'s Application,
    pub(crate) redirect_uri: &'c str,
    pub(crate) platform: Platform,
}

impl<'s, 'c> RelyingParty<'s, 'c> {
    /// Finds what `client_id` and `redirect_uri` name.
    pub(crate) fn find(state: &'s State, call: &'c Call) -> Result<Self, EntraError> {
        let client_id = call.parameter("client_id").unwrap_or_default();
        let application = state.directory.application_by_id(client_id).ok_or_else(|| unknown_application(client_id))?;
        let redirect_uri = call.parameter("redirect_uri").unwrap_or_default();
        let platform = application.platform(redirect_uri);
        let platform = platform.ok_or_else(|| application.unknown_redirect_uri(redirect_uri))?;
        Ok(Self { application, redirect_uri, platform })
    }
}

fn unknown_application(client_id: &str) -> EntraError {
    let text = format!("Application with identifier '{client_id}' was not found in the directory.");
    EntraError::new("unauthorized_client", 700_016, text)
}
