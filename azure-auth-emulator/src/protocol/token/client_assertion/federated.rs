//! Assertions that another service gave a client, whose tokens the registration trusts.

use super::presented::{Presented, wrong_signature};
use super::validity;
use crate::directory::application::Application;
use crate::directory::application::credentials::FederatedCredential;
use crate::faults::entra_error::EntraError;
use crate::memory::state::State;
use crate::tokens::workload_token::federated_issuer;

/// Refuses an assertion that no federated credential of the registration fits, letter for letter, or that is not what it says.
pub(super) fn check(state: &State, client: &Application, presented: &Presented<'_>) -> Result<(), EntraError> {
    let (issuer, subject) = (presented.claim("iss"), presented.claim("sub"));
    let audience = presented.audiences().join(", ");
    let credentials: Vec<&FederatedCredential> = client.federated_credentials.iter().collect();
    if credentials.is_empty() {
        let text = format!(
            "No matching federated identity record found for presented assertion. Assertion Issuer: '{issuer}'. Assertion Subject: '{subject}'. Assertion Audience: '{audience}'. {DOCUMENTATION}"
        );
        return Err(EntraError::new("invalid_client", 70021, text));
    }
    let of_issuer = fitting(credentials, |one| one.issuer == issuer, 700_211, "issuer", issuer)?;
    check_is_program(state, presented)?;
    let of_subject = fitting(of_issuer, |one| one.subject == subject, 700_213, "subject", subject)?;
    let is_for = |one: &FederatedCredential| {
        presented.audiences().iter().any(|audience| one.audiences.iter().any(|known| known == audience))
    };
    fitting(of_subject, is_for, 700_212, "audience", &audience)?;
    check_signature(state, presented)?;
    validity::check(presented)
}

const DOCUMENTATION: &str = "https://learn.microsoft.com/entra/workload-id/workload-identity-federation";

/// The credentials that fit in one more respect.
fn fitting<'c>(
    credentials: Vec<&'c FederatedCredential>,
    fits: impl Fn(&FederatedCredential) -> bool,
    code: u32,
    respect: &str,
    found: &str,
) -> Result<Vec<&'c FederatedCredential>, EntraError> {
    let fitting: Vec<_> = credentials.into_iter().filter(|credential| fits(credential)).collect();
    if fitting.is_empty() {
        let text = format!(
            "No matching federated identity record found for presented assertion {respect} '{found}'. Check your federated identity credential Subject, Audience and Issuer against the presented assertion. {DOCUMENTATION}"
        );
        return Err(EntraError::new("invalid_client", code, text));
    }
    Ok(fitting)
}

/// A person's token proves nothing about a program.
fn check_is_program(state: &State, presented: &Presented<'_>) -> Result<(), EntraError> {
    let is_of_tenant = presented.claim("iss") != federated_issuer(state) && is_own(state, presented);
    let is_of_person = presented.claims.contains_key("scp") || matches!(presented.claim("idtyp"), "user");
    if is_of_tenant && is_of_person {
        let text = "Only app-only tokens can be used as Federated Identity Credentials for AAD issuer. Please use an access token that represents the application and not a user.";
        return Err(EntraError::new("invalid_client", 700_229, text));
    }
    Ok(())
}

/// The keys of other services are not fetched: only what was issued here can be checked.
fn check_signature(state: &State, presented: &Presented<'_>) -> Result<(), EntraError> {
    if !is_own(state, presented) {
        return Err(wrong_signature(format_args!(
            "Client assertion failed signature validation. [Reason - The key was not found., the keys of '{}' are not known to this emulator]",
            presented.claim("iss")
        )));
    }
    let ring = state.keys();
    let mut keys = [ring.of_tenant(presented.claim("tid")), ring.next].into_iter();
    if presented.algorithm() == "RS256" && keys.any(|key| key.verifies(presented.signed, &presented.signature)) {
        return Ok(());
    }
    Err(wrong_signature(
        "Client assertion failed signature validation. [Reason - The provided signature value did not match the expected signature value.]",
    ))
}

/// Whether the emulator says of itself that it issued this.
fn is_own(state: &State, presented: &Presented<'_>) -> bool {
    presented.claim("iss").strip_prefix(&state.origin).is_some_and(|rest| rest.starts_with('/'))
}
