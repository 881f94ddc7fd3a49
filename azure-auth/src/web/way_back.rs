//! Where a browser may be sent when it is done elsewhere.

use super::application::Application;
use crate::rules::return_to::{return_to, trusted_page};

/// A path of our own, a page of a trusted origin by its whole address, or `/`.
pub(crate) fn judged(application: &Application, wanted: &str) -> String {
    let trusted = trusted_page(wanted, &application.configuration.trusted_origins);
    trusted.unwrap_or_else(|| return_to(wanted).to_owned())
}
