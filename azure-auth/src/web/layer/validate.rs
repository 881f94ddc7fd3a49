//! A token in hand, judged as one in a request is.

use std::fmt;

use super::azure_auth::AzureAuth;
use crate::model::policies::declaration::Access;
use crate::model::refusals::diagnosis::{Details, Diagnosis};
use crate::model::refusals::explanation::Explanation;
use crate::model::refusals::reason::Reason;
use crate::rules::policy::admission;
use crate::web::handler::principal::Principal;
use crate::web::handler::router_guard::Guard;
use crate::web::request::findings::CredentialRefusal;
use crate::web::request::{credential, failure};

impl AzureAuth {
    /// Judges an access token that did not come in the `Authorization` header of a request: in a message of a queue, or in
    /// the first message of a WebSocket, whose browsers cannot send headers.
    ///
    /// The token is given without `Bearer`, and what is asked of its owner with it, in the words of [`guard!`](crate::guard):
    /// that a token is valid says nothing of whom it was given to, and for what. It is validated by the same rules, against
    /// the same keys, and remembered in the same cache as tokens in requests.
    ///
    /// ```
    /// use azure_auth::{AzureAuth, Guard, TokenRefused};
    ///
    /// static MAY_ORDER: Guard = azure_auth::guard!(scopes = "Orders.Write", application_roles = "Orders.Write.All");
    ///
    /// async fn order(auth: &AzureAuth, token: &str, order: &str) -> Result<String, TokenRefused> {
    ///     let principal = auth.validate(token, MAY_ORDER).await?;
    ///     Ok(format!("{order} of {:?}", principal.client_id()))
    /// }
    /// ```
    ///
    /// # Errors
    /// The token proves nothing, or not enough. A guard with a `check` admits nobody here, because a `check` is asked about a
    /// request: `check-without-request`.
    pub async fn validate(&self, token: &str, guard: Guard) -> Result<Principal, TokenRefused> {
        let Access::Protected(requirement) = &guard.declaration().access else {
            return Err(TokenRefused::of_guard());
        };
        if guard.has_check() {
            return Err(TokenRefused::of_guard());
        }
        let judged = match credential::of_token(&self.application, token.trim_ascii()).await {
            Ok(principal) => admission::judge(requirement, &principal).map(|()| principal).map_err(Into::into),
            Err(refusal) => Err(refusal),
        };
        match judged {
            Ok(principal) => Ok(Principal::of_token(principal, self.application.clone(), guard.declaration().needs)),
            Err(refusal) => Err(TokenRefused::new(&refusal, guard.declaration().handler)),
        }
    }
}

/// Why [`AzureAuth::validate`] refused a token.
///
/// Its text is fit for a log: no token, name or address. The line that the library wrote has the same reference.
///
/// ```
/// use azure_auth::TokenRefused;
///
/// /// Whether a message goes back into the queue.
/// fn is_tried_again(refused: &TokenRefused) -> bool {
///     refused.is_temporary()
/// }
/// ```
#[derive(Clone)]
pub struct TokenRefused {
    reason: Reason,
    diagnosis: Diagnosis,
    reference: String,
}

impl TokenRefused {
    fn new(refusal: &CredentialRefusal, guard: &str) -> Self {
        let (reason, reference) = failure::note_token(refusal, guard);
        Self { reason, diagnosis: refusal.diagnosis(), reference }
    }

    fn of_guard() -> Self {
        let reason = Reason::CheckWithoutRequest;
        let details = Details::new("a guard with a `check`", "a guard without one");
        let diagnosis = Diagnosis::new(reason.explanation().cause, details, reason);
        let reference = failure::note_misuse(reason, diagnosis.clone());
        Self { reason, diagnosis, reference }
    }

    /// The stable code of the reason, such as `token-expired`, as [`explain`](crate::explain) knows it.
    ///
    /// ```
    /// # fn example(refused: &azure_auth::TokenRefused) {
    /// if refused.code() == "token-expired" {
    ///     println!("get a new token");
    /// }
    /// # }
    /// ```
    pub fn code(&self) -> &'static str {
        self.reason.code()
    }

    /// What the code means: the usual cause, the remedy, who can do it, and the status that a request would have got.
    ///
    /// ```
    /// # fn example(refused: &azure_auth::TokenRefused) {
    /// println!("{}: {}", refused.code(), refused.explanation().remedy);
    /// # }
    /// ```
    pub fn explanation(&self) -> &'static Explanation {
        self.reason.explanation()
    }

    /// Whether the same token may be accepted later: the provider's keys were not to be had. A message is kept then, and not
    /// thrown away.
    ///
    /// ```
    /// # fn example(refused: &azure_auth::TokenRefused) -> &'static str {
    /// if refused.is_temporary() { "try again" } else { "drop the message" }
    /// # }
    /// ```
    pub fn is_temporary(&self) -> bool {
        self.reason.status() == 503
    }

    /// Joins this error to its line in the log.
    ///
    /// ```
    /// # fn example(refused: &azure_auth::TokenRefused) {
    /// println!("refused, reference {}", refused.reference());
    /// # }
    /// ```
    pub fn reference(&self) -> &str {
        &self.reference
    }
}

impl fmt::Display for TokenRefused {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.code(), self.diagnosis)
    }
}

impl fmt::Debug for TokenRefused {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "TokenRefused({self})")
    }
}

impl std::error::Error for TokenRefused {}
