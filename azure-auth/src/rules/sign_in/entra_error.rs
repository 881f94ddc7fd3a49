//! What Entra means by an error, in a plain sentence.

use std::fmt;

use azure_auth_policy::Guid;

use crate::model::refusals::reason::Responsible;

/// An error that Entra brought, reduced to what is safe to show. Its description is never repeated: some contain
/// addresses, and at the callback anyone can write it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct EntraError {
    /// The number behind `AADSTS`.
    pub(crate) code: Option<u32>,
    /// The OAuth error, where it is one of the registered ones (RFC 6749 §4.1.2.1, §5.2; OpenID Connect Core §3.1.2.6).
    pub(crate) error: &'static str,
    /// What Microsoft's support asks for.
    pub(crate) correlation_id: Option<Guid>,
}

/// A sentence for the visitor, and who can fix the cause.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct EntraExplanation {
    pub(crate) sentence: &'static str,
    pub(crate) responsible: Responsible,
}

impl EntraError {
    pub(crate) fn read(error: &str, description: Option<&str>) -> Self {
        let description = description.unwrap_or_default();
        Self {
            code: number_after(description, "AADSTS"),
            error: KNOWN_ERRORS.into_iter().find(|known| *known == error).unwrap_or(UNKNOWN_ERROR),
            correlation_id: id_after(description, "Correlation ID:"),
        }
    }

    /// The code was redeemed before: to the visitor the same as a used `state`.
    pub(crate) fn is_spent_code(&self) -> bool {
        self.code == Some(54005)
    }

    /// What is wrong is the request, and the provider knows it; not the provider itself.
    pub(crate) fn is_about_the_request(&self) -> bool {
        !matches!(self.error, "server_error" | "temporarily_unavailable" | UNKNOWN_ERROR)
    }

    /// What is wrong is the person's assignment or a policy, not the request: refused for good, 403.
    pub(crate) fn is_forbidden(&self) -> bool {
        matches!(self.code, Some(50105 | 53003))
    }

    pub(crate) fn explanation(&self) -> EntraExplanation {
        let by_code = self.code.and_then(|code| CODES.iter().find(|(codes, _, _)| codes.contains(&code)));
        let by_error = || ERRORS.iter().find(|(error, _, _)| *error == self.error);
        let (sentence, responsible) = match (by_code, by_error()) {
            (Some((_, sentence, responsible)), _) | (None, Some((_, sentence, responsible))) => {
                (*sentence, *responsible)
            }
            (None, None) => ("Microsoft could not complete the sign-in.", Responsible::Visitor),
        };
        EntraExplanation { sentence, responsible }
    }
}

impl fmt::Display for EntraError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.code {
            Some(code) => write!(formatter, "{} (AADSTS{code})", self.error),
            None => formatter.write_str(self.error),
        }
    }
}

const UNKNOWN_ERROR: &str = "unknown_error";

const KNOWN_ERRORS: [&str; 18] = [
    "access_denied",
    "account_selection_required",
    "consent_required",
    "interaction_required",
    "invalid_client",
    "invalid_grant",
    "invalid_request",
    "invalid_resource",
    "invalid_scope",
    "invalid_tenant",
    "login_required",
    "permission_denied",
    "server_error",
    "temporarily_unavailable",
    "unauthorized_client",
    "unsupported_grant_type",
    "unsupported_response_type",
    "unsupported_response_mode",
];

type CodeRow = (&'static [u32], &'static str, Responsible);

const CODES: [CodeRow; 19] = [
    (
        &[16000, 50020, 50034, 51004],
        "Your account does not belong to the organisation of this application.",
        Responsible::TenantAdministrator,
    ),
    (
        &[50011, 500_113, 900_971, 500_112],
        "The address of this application is not registered with Microsoft.",
        Responsible::Developer,
    ),
    (&[50053], "Your account is locked for the moment.", Responsible::TenantAdministrator),
    (&[50055, 50056, 50126], "Your password was not accepted.", Responsible::Visitor),
    (&[50057], "Your account is disabled.", Responsible::TenantAdministrator),
    (&[50058], "You are not signed in with Microsoft.", Responsible::Visitor),
    (
        &[50072, 50074, 50076, 50078, 50079, 50158],
        "Microsoft asks for a further proof of who you are.",
        Responsible::Visitor,
    ),
    (&[50097, 50129, 50187], "Microsoft asks for a registered device.", Responsible::Visitor),
    (&[50105], "You are not assigned to this application.", Responsible::TenantAdministrator),
    (
        &[50131, 53000, 53001, 53002, 53003],
        "A rule of your organisation does not allow this sign-in.",
        Responsible::TenantAdministrator,
    ),
    (&[50132, 50133, 50173], "Your sign-in with Microsoft was ended. Please sign in again.", Responsible::Visitor),
    (&[50194, 90124, 90130], "This application is not set up for accounts of your kind.", Responsible::Developer),
    (&[54005, 70008], "This sign-in was answered already.", Responsible::Visitor),
    (
        &[65001, 90094, 90095, 90093],
        "This application needs the approval of an administrator.",
        Responsible::TenantAdministrator,
    ),
    (&[65004], "You did not agree to what this application asks for.", Responsible::Visitor),
    (
        &[700_016, 90002, 700_005],
        "Microsoft does not know this application in that organisation.",
        Responsible::Developer,
    ),
    (
        &[7_000_215, 7_000_218, 7_000_222, 700_027],
        "This application could not prove itself to Microsoft.",
        Responsible::Developer,
    ),
    (&[501_481, 50148], "The answer does not belong to this sign-in.", Responsible::Visitor),
    (
        &[9_002_325, 9_002_326, 9_002_327],
        "The address of this application is registered for another kind of program.",
        Responsible::Developer,
    ),
];

const ERRORS: [(&str, &str, Responsible); 6] = [
    ("access_denied", "The sign-in was cancelled.", Responsible::Visitor),
    ("consent_required", "This application needs your consent.", Responsible::Visitor),
    ("login_required", "You are not signed in with Microsoft.", Responsible::Visitor),
    ("interaction_required", "Microsoft has to ask you something first.", Responsible::Visitor),
    ("server_error", "Microsoft has a problem at the moment. Please try again later.", Responsible::Visitor),
    ("temporarily_unavailable", "Microsoft has a problem at the moment. Please try again later.", Responsible::Visitor),
];

fn number_after(text: &str, marker: &str) -> Option<u32> {
    let rest = text.split_once(marker)?.1;
    let digits = rest.find(|character: char| !character.is_ascii_digit()).unwrap_or(rest.len());
    rest[..digits].parse().ok()
}

fn id_after(text: &str, marker: &str) -> Option<Guid> {
    text.split_once(marker)?.1.trim_start().get(..36)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "1fe73093-c804-4bf8-9a91-990f23c719c3";

    #[test]
    fn code_and_correlation_id_are_read_in_both_spellings() {
        for separator in ["\r\n", " "] {
            let description = format!(
                "AADSTS50105: The signed in user 'adele@contoso.com' is not assigned.{separator}Trace ID: \
                 fe370167-0bac-4a7c-98c7-b1df1d63f801{separator}Correlation ID: {ID}{separator}Timestamp: 2026-01-01 19:49:04Z"
            );
            let error = EntraError::read("interaction_required", Some(&description));
            assert_eq!((error.code, error.error), (Some(50105), "interaction_required"));
            assert_eq!(error.correlation_id.map(|id| id.to_string()).as_deref(), Some(ID));
            assert_eq!(error.explanation().responsible, Responsible::TenantAdministrator);
            assert!(!format!("{error} {error:?}").contains("adele"), "an address is never repeated");
        }
    }

    #[test]
    fn what_anyone_may_have_written_is_not_repeated() {
        let error = EntraError::read("<script>alert(1)</script>", Some("AADSTS<script>: Correlation ID: <b>"));
        assert_eq!(error, EntraError { code: None, error: "unknown_error", correlation_id: None });
        for description in ["AADSTS99999999999999999999", "AADSTS", "Correlation ID:", "Correlation ID: é", ""] {
            assert_eq!(EntraError::read("access_denied", Some(description)).code, None);
        }
    }

    #[test]
    fn each_code_stands_in_one_row_and_every_error_has_a_sentence() {
        let mut codes: Vec<u32> = CODES.iter().flat_map(|(codes, _, _)| codes.iter().copied()).collect();
        let count = codes.len();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), count);
        for error in KNOWN_ERRORS.into_iter().chain(["other"]) {
            assert!(EntraError::read(error, None).explanation().sentence.ends_with('.'));
        }
    }

    #[test]
    fn an_address_registered_for_a_page_is_for_developers_to_fix() {
        for code in [9_002_325, 9_002_326, 9_002_327] {
            let error = EntraError { code: Some(code), error: "invalid_request", correlation_id: None };
            assert_eq!(error.explanation().responsible, Responsible::Developer, "AADSTS{code}");
        }
    }

    #[test]
    fn assignment_and_policy_are_forbidden_and_a_spent_code_is_known() {
        let with = |code: u32| EntraError { code: Some(code), error: "access_denied", correlation_id: None };
        assert!(with(50105).is_forbidden() && with(53003).is_forbidden() && !with(65004).is_forbidden());
        assert!(with(54005).is_spent_code() && !with(70008).is_spent_code());
    }
}
