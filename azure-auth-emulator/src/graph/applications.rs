//! Registrations. They are for everybody here, without a token, because everything is local and for development.

use poem::Response;
use poem::http::Method;
use url::form_urlencoded;

use super::graph_error::GraphError;
use crate::exchange::call::Call;
use crate::exchange::response;
use crate::memory::state::State;

/// `/applications(appId='…')`; none if something else is asked.
pub(super) fn answer(state: &State, segments: &[&str], call: &Call) -> Option<Result<Response, GraphError>> {
    let client_id = match segments {
        [segment] if call.method == Method::GET => client_id(segment)?,
        _ => return None,
    };
    let Some(application) = state.directory.application_by_id(&client_id) else {
        return Some(Err(GraphError::no_resource(&client_id)));
    };
    let written = application.to_registration(&state.directory);
    Some(match written {
        Ok(registration) => Ok(response::json(200, &registration)),
        Err(unpublished) => Err(GraphError::bad_request(unpublished.to_string())),
    })
}

/// The id that a segment names, whether or not its brackets and marks are encoded.
fn client_id(segment: &str) -> Option<String> {
    let (name, value) = form_urlencoded::parse(segment.as_bytes()).next()?;
    let value = value.strip_prefix('\'')?.strip_suffix("')")?;
    (name == "applications(appId").then(|| value.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_registration_is_named_by_its_client_id() {
        for (segment, expected) in [
            ("applications(appId='a-1')", Some("a-1")),
            ("applications%28appId=%27a-1%27%29", Some("a-1")),
            ("applications(appId=a-1)", None),
            ("applications(id='a-1')", None),
            ("applications", None),
            ("me", None),
        ] {
            assert_eq!(client_id(segment).as_deref(), expected, "{segment}");
        }
    }
}
