//! How a registration differs from the one that a program needs.

mod addresses;
pub(crate) mod credentials;
pub(crate) mod drift;
mod exposed;
mod permissions;
#[cfg(test)]
mod tests;

use azure_auth_policy::Guid;
use serde_json::Value;

use self::drift::{Drift, below};
use super::found::{FoundApplication, FoundClaim};
use super::needed::Built;
use crate::model::registration::application::{ApplicationObject, OptionalClaim};

/// Every difference, in the order of the application object. Keys and secrets are [`credentials`]' alone, and credentials of
/// other issuers are no part of it.
pub(crate) fn check(needed: &Built, found: &Value) -> Vec<Drift> {
    let (wanted, found) = (&needed.registration.application, &FoundApplication::of(found));
    let mut drifts = Vec::new();
    drifts.extend(itself(wanted, found));
    drifts.extend(audience(wanted, found));
    drifts.extend(addresses::identifier_uris(wanted, found));
    drifts.extend(groups(wanted, found));
    drifts.extend(addresses::addresses(wanted, found));
    drifts.extend(public_client(wanted, found));
    drifts.extend(token_version(wanted, found));
    drifts.extend(exposed::scopes(wanted, found));
    drifts.extend(exposed::clients(wanted, found));
    drifts.extend(exposed::roles(wanted, found));
    drifts.extend(permissions::permissions(wanted, &needed.undetermined, found));
    let claims = &wanted.optional_claims;
    drifts.extend(optional_claims("/optionalClaims/idToken", &claims.id_token, &found.id_token_claims));
    drifts.extend(optional_claims("/optionalClaims/accessToken", &claims.access_token, &found.access_token_claims));
    drifts
}

/// Whether it is the registration of this program at all.
fn itself(wanted: &ApplicationObject, found: &FoundApplication) -> Vec<Drift> {
    let mut drifts = Vec::new();
    if let (Some(wanted), Some(found)) = (wanted.app_id, found.app_id)
        && wanted != found
    {
        drifts.push(Drift::different(
            "/appId",
            (&found.to_string(), &wanted.to_string()),
            "give the registration of this program, or correct AZURE_CLIENT_ID",
        ));
    }
    let name = found.display_name.as_deref().unwrap_or(&wanted.display_name);
    if name != wanted.display_name {
        let drift = Drift::different(
            "/displayName",
            (name, &wanted.display_name),
            "rename it, or give that name to `Inspection::application_name`, from which the ids of scopes and app roles are made",
        );
        drifts.push(drift.notice());
    }
    drifts
}

fn audience(wanted: &ApplicationObject, found: &FoundApplication) -> Option<Drift> {
    let expected = word(wanted.sign_in_audience);
    // As Microsoft Graph makes it without a word.
    let found = found.sign_in_audience.as_deref().unwrap_or("AzureADandPersonalMicrosoftAccount");
    (found != expected).then(|| {
        Drift::different(
            "/signInAudience",
            (found, &expected),
            "choose the \"Supported account types\" on page \"Authentication\", or correct AZURE_ISSUER_URI",
        )
    })
}

/// As it is written in JSON.
fn word(value: impl serde::Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

fn groups(wanted: &ApplicationObject, found: &FoundApplication) -> Option<Drift> {
    const REMEDY: &str = "choose \"Groups assigned to the application\" on page \"Token configuration\"";
    let place = "/groupMembershipClaims";
    let found = found.group_membership_claims.as_deref().filter(|found| *found != "None");
    let expected = wanted.group_membership_claims.map(word);
    let has = |expected: &str, found: &str| found.split(',').any(|part| part.trim() == expected);
    match (expected, found) {
        (Some(expected), None) => Some(Drift::missing(place, &expected, REMEDY)),
        (Some(expected), Some(found)) if !has(&expected, found) => {
            // With all groups in tokens some people are in too many.
            let works = has("SecurityGroup", found) || has("All", found);
            let drift = Drift::different(place, (found, &expected), REMEDY);
            Some(if works { drift.notice() } else { drift })
        }
        (None, Some(found)) => {
            let remedy = "remove the groups claim on page \"Token configuration\": nothing here names a group";
            Some(Drift::superfluous(place, found, remedy).notice())
        }
        _ => None,
    }
}

/// A program with a secret, whose tokens come by the code flow.
fn public_client(wanted: &ApplicationObject, found: &FoundApplication) -> Vec<Drift> {
    const AT_ONCE: &str = "switch it off under \"Implicit grant and hybrid flows\" on page \"Authentication\"";
    let implicit = wanted.web.implicit_grant_settings;
    let switches = [
        (
            "/web/implicitGrantSettings/enableIdTokenIssuance",
            (found.issues_id_tokens_at_once, implicit.enable_id_token_issuance),
            AT_ONCE,
        ),
        (
            "/web/implicitGrantSettings/enableAccessTokenIssuance",
            (found.issues_access_tokens_at_once, implicit.enable_access_token_issuance),
            AT_ONCE,
        ),
        (
            "/isFallbackPublicClient",
            (found.is_fallback_public_client, wanted.is_fallback_public_client),
            "switch \"Allow public client flows\" off on page \"Authentication\"",
        ),
    ];
    let differing = switches.into_iter().filter(|(_, (found, expected), _)| found != expected);
    differing
        .map(|(place, (found, expected), remedy)| {
            Drift::different(place, (&found.to_string(), &expected.to_string()), remedy)
        })
        .collect()
}

fn token_version(wanted: &ApplicationObject, found: &FoundApplication) -> Option<Drift> {
    let expected = u64::from(wanted.api.requested_access_token_version);
    let version = found.access_token_version;
    (version != Some(expected)).then(|| {
        let found = version.map_or_else(|| "null, which is 1".to_owned(), |version| version.to_string());
        Drift::different(
            "/api/requestedAccessTokenVersion",
            (&found, &expected.to_string()),
            "set it in the manifest: tokens of version 1 have another issuer and other names",
        )
    })
}

/// More claims than are needed are somebody else's business.
fn optional_claims(place: &str, wanted: &[OptionalClaim], found: &[FoundClaim]) -> Vec<Drift> {
    let mut drifts = Vec::new();
    for claim in wanted {
        let place = below(place, claim.name);
        let remedy = format!("add the optional claim `{}` on page \"Token configuration\"", claim.name);
        let Some(known) = found.iter().find(|known| known.name == claim.name) else {
            // Everything works without it, and not as well.
            drifts.push(Drift::missing(&place, claim.name, remedy).notice());
            continue;
        };
        let is_there = |wanted: &&&str| known.additional_properties.iter().any(|found| found == **wanted);
        for property in claim.additional_properties.iter().filter(|wanted| !is_there(wanted)) {
            let place = below(&format!("{place}/additionalProperties"), property);
            let remedy = format!("set `{property}` of the claim in the manifest");
            drifts.push(Drift::missing(&place, property, remedy).notice());
        }
    }
    drifts
}

fn ids(ids: &[Guid]) -> String {
    ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}
