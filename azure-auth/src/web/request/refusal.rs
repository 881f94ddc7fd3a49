//! The application's own refusal on its way out.

use poem::Response;
use poem::error::ResponseError;
use poem::http::StatusCode;

use super::failure;
use crate::model::refusals::refusal::Refusal;
use crate::rules::request::navigation::AnswerForm;
use crate::web::pages::looks::Pages;
use crate::web::pages::refused::Refused;

impl ResponseError for Refusal {
    fn status(&self) -> StatusCode {
        StatusCode::from_u16(failure::reason_of(self).status()).unwrap_or(StatusCode::FORBIDDEN)
    }

    /// For programs. Inside of [`AzureAuth`](crate::AzureAuth), which knows the request, the answer has the form that its
    /// sender understands.
    fn as_response(&self) -> Response {
        Refused::answered(failure::refuse_object(self), AnswerForm::Problem, &Pages::default()).to_response()
    }
}

#[cfg(test)]
mod tests {
    use poem::http::header::{CONTENT_TYPE, WWW_AUTHENTICATE};

    use super::*;

    #[tokio::test]
    async fn outside_of_azure_auth_a_refusal_is_a_problem_in_its_own_words() {
        for (refusal, status, code) in [
            (Refusal::new("No."), 403, "refused-by-handler"),
            (Refusal::forbidden("No."), 403, "refused-by-handler"),
            (Refusal::not_found("No."), 404, "nothing-there"),
        ] {
            assert_eq!(refusal.status(), status);
            let response = poem::Error::from(refusal).into_response();
            assert_eq!(response.status(), status);
            assert_eq!(response.headers()[CONTENT_TYPE], "application/problem+json");
            assert!(!response.headers().contains_key(WWW_AUTHENTICATE), "there is nothing that the client could do");
            let problem: serde_json::Value = response.into_body().into_json().await.unwrap();
            assert_eq!((&problem["detail"], &problem["code"]), (&"No.".into(), &code.into()));
        }
    }
}
