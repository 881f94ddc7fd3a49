//! A mistake in the program itself, found where no request tells of anybody: an empty 500, and all of it in the log.

use poem::Response;
use poem::http::StatusCode;

use crate::model::refusals::diagnosis::{Details, Diagnosis};
use crate::model::refusals::reason::Reason;

/// The remedy is for the log, not for the visitor. Such an answer has no reference.
pub(crate) fn answer(reason: Reason, found: &'static str, expected: &'static str) -> Response {
    let explanation = reason.explanation();
    let diagnosis = Diagnosis::new(explanation.cause, Details::new(found, expected), reason);
    tracing::error!(
        target: "azure_auth::refusal",
        code = reason.code(),
        status = reason.status(),
        cause = diagnosis.cause(),
        found = diagnosis.found(),
        expected = diagnosis.expected(),
        remedy = diagnosis.remedy(),
        responsible = %explanation.responsible,
        reference = "none",
        "{diagnosis}"
    );
    StatusCode::from_u16(reason.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR).into()
}
