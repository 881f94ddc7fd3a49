//! Assertions that a client signs with the key of its certificate.

use std::fmt::Write;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use url::Url;

use super::presented::{Presented, malformed, wrong_signature};
use super::validity;
use crate::directory::application::Application;
use crate::directory::application::certificate::{Certificate, SignatureAlgorithm};
use crate::directory::authority::Authority;
use crate::exchange::call::Call;
use crate::faults::entra_error::EntraError;
use crate::memory::state::State;
use crate::tokens::jwt::text_claim;

/// Refuses an assertion that this client did not sign, for this endpoint and now.
pub(super) fn check(
    state: &State,
    authority: &Authority,
    client: &Application,
    presented: &Presented<'_>,
    call: &Call,
) -> Result<(), EntraError> {
    check_parties(client, presented)?;
    check_signature(client, presented)?;
    check_audience(state, authority, presented, call)?;
    validity::check(presented)?;
    check_id(state, client, presented)
}

/// A client speaks for itself alone.
fn check_parties(client: &Application, presented: &Presented<'_>) -> Result<(), EntraError> {
    if ["iss", "sub"].iter().all(|name| presented.claim(name) == client.client_id) {
        return Ok(());
    }
    let text = "Client assertion application identifier doesn't match 'client_id' parameter. Review the documentation at https://learn.microsoft.com/entra/identity-platform/certificate-credentials .";
    Err(EntraError::new("invalid_client", 700_021, text))
}

fn check_signature(client: &Application, presented: &Presented<'_>) -> Result<(), EntraError> {
    let Some(algorithm) = SignatureAlgorithm::named(presented.algorithm()) else {
        let text = format!("Its algorithm is '{}', expected PS256 or RS256.", presented.algorithm());
        return Err(malformed(&text));
    };
    let certificate = find_certificate(client, presented).ok_or_else(|| unknown_key(client, presented))?;
    if certificate.verifies(algorithm, presented.signed, &presented.signature) {
        return Ok(());
    }
    let thumbprint = hexadecimal(&certificate.sha1_thumbprint());
    Err(wrong_signature(format_args!(
        "Client assertion contains an invalid signature. [Reason - The provided signature value did not match the expected signature value., Thumbprint of key used by client: '{thumbprint}']"
    )))
}

/// The registered certificate that the header names, by the thumbprint that counts if there are two.
fn find_certificate(client: &Application, presented: &Presented<'_>) -> Option<Certificate> {
    let (found, is_sha256) = thumbprint(presented)?;
    let has_it = |certificate: &Certificate| {
        found == if is_sha256 { certificate.sha256_thumbprint() } else { certificate.sha1_thumbprint() }
    };
    client.read_certificates().find(has_it)
}

/// The thumbprint of the header, and whether it is of SHA-256.
fn thumbprint(presented: &Presented<'_>) -> Option<(Vec<u8>, bool)> {
    let is_sha256 = presented.header.contains_key("x5t#S256");
    let written = text_claim(&presented.header, if is_sha256 { "x5t#S256" } else { "x5t" });
    Some((URL_SAFE_NO_PAD.decode(written.trim_end_matches('=')).ok()?, is_sha256))
        .filter(|(found, _)| !found.is_empty())
}

fn unknown_key(client: &Application, presented: &Presented<'_>) -> EntraError {
    let used = thumbprint(presented)
        .map(|(found, _)| format!("Thumbprint of key used by client: '{}', ", hexadecimal(&found)))
        .unwrap_or_default();
    wrong_signature(format_args!(
        "The certificate with identifier used to sign the client assertion is not registered on application. [Reason - The key was not found., {used}Please visit the Azure Portal, Graph Explorer or directly use MS Graph to see configured keys for app Id '{}'.]",
        client.client_id
    ))
}

fn check_audience(
    state: &State,
    authority: &Authority,
    presented: &Presented<'_>,
    call: &Call,
) -> Result<(), EntraError> {
    if presented.audiences().iter().any(|audience| is_asked(state, authority, audience, call)) {
        return Ok(());
    }
    let text = "Client assertion audience claim does not match Realm issuer. Review the documentation at https://learn.microsoft.com/entra/identity-platform/certificate-credentials .";
    Err(EntraError::new("invalid_client", 700_023, text))
}

/// Whether an address is that of the token endpoint that was asked: on this host, by any of its names, and for this tenant,
/// by id or domain.
fn is_asked(state: &State, authority: &Authority, address: &str, call: &Call) -> bool {
    let Some(path) = path_here(state, address, call) else { return false };
    match path.split('/').collect::<Vec<_>>()[..] {
        [segment, "oauth2", "v2.0", "token"] => Authority::parse(segment, &state.directory).as_ref() == Some(authority),
        _ => false,
    }
}

/// The path of an address on this host, without the first slash.
fn path_here<'a>(state: &State, address: &'a str, call: &Call) -> Option<&'a str> {
    let parsed = Url::parse(address).ok()?;
    let (scheme, rest) = address.split_once("://")?;
    let (host, path) = rest.split_once('/')?;
    let own = [state.host().to_owned(), state.host().replace("127.0.0.1", "localhost")];
    let is_here = own.iter().chain(&call.host).any(|own| own == host) && scheme == state.scheme();
    (is_here && parsed.query().is_none() && parsed.fragment().is_none()).then_some(path)
}

/// An assertion is told from others by its id, which no other one may have.
fn check_id(state: &State, client: &Application, presented: &Presented<'_>) -> Result<(), EntraError> {
    let id = presented.claim("jti");
    if id.is_empty() {
        return Err(malformed("It has no 'jti'."));
    }
    if state.assertions.note(&client.client_id, id, presented.text) {
        return Ok(());
    }
    Err(malformed("Its 'jti' was used for another assertion before; every assertion needs one of its own."))
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a text cannot fail.
        let _ = write!(text, "{byte:02X}");
        text
    })
}
