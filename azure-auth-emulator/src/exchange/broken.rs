//! What a broken endpoint answers in the place of the right answer.

use poem::Response;
use poem::http::StatusCode;
use poem::http::header::LOCATION;
use serde_json::Value;

use super::call::{Call, ELSEWHERE};
use crate::faults::defect::Defect;
use crate::memory::state::State;

/// The ways in which any endpoint of the back channel may be broken.
pub(crate) struct Broken {
    pub(crate) server_error: Defect,
    pub(crate) html: Defect,
    pub(crate) huge: Defect,
    pub(crate) redirects: Defect,
    pub(crate) slow: Defect,
}

impl Broken {
    /// The wrong answer that a defect puts in the place of the right one, if there is one. A slow endpoint waits here until
    /// the defects are cleared.
    pub(crate) async fn answer(&self, state: &State, call: &Call) -> Option<Response> {
        state.wait_while(self.slow).await;
        let html = |status| {
            Response::builder()
                .status(status)
                .content_type("text/html")
                .body("<html><body>Please sign in to the network</body></html>")
        };
        if state.has(self.server_error) {
            Some(html(StatusCode::INTERNAL_SERVER_ERROR))
        } else if state.has(self.html) {
            Some(html(StatusCode::OK))
        } else if state.has(self.redirects) && !call.is_elsewhere {
            // Method and form are sent again: a client that follows sends its secret a second time.
            let address = format!("{}/{ELSEWHERE}{}", state.origin, call.path);
            Some(Response::builder().status(StatusCode::TEMPORARY_REDIRECT).header(LOCATION, address).finish())
        } else {
            None
        }
    }

    /// Makes an answer longer than a client should read, and leaves every member right.
    pub(crate) fn pad(&self, state: &State, answer: &mut Value) {
        if state.has(self.huge) {
            answer["padding"] = Value::String("x".repeat(1024 * 1024));
        }
    }
}
