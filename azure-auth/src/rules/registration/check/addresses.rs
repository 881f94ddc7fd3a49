//! Addresses of a registration.

use super::drift::{Drift, below};
use crate::model::registration::application::{ApplicationObject, CLIENT_ID};
use crate::rules::registration::found::FoundApplication;
use crate::rules::registration::needed::without_port;

/// Where redirect URIs are, what the platform is called, and whether the program has any there.
struct Platform<'r> {
    place: &'static str,
    name: &'static str,
    wanted: &'r [String],
    found: &'r [String],
}

pub(super) fn identifier_uris(wanted: &ApplicationObject, found: &FoundApplication) -> Vec<Drift> {
    const PLACE: &str = "/identifierUris";
    let (wanted, found) = (&wanted.identifier_uris, &found.identifier_uris);
    let is_known = |uri: &&String| !uri.contains(CLIENT_ID);
    let missing = wanted.iter().filter(is_known).filter(|uri| !found.contains(uri)).map(|uri| {
        let remedy = "set it as \"Application ID URI\" on page \"Expose an API\", or correct AZURE_AUDIENCE";
        Drift::missing(&below(PLACE, uri), uri, remedy)
    });
    // Clients may have asked by one for years.
    let further = found.iter().filter(|uri| !wanted.contains(uri)).map(|uri| {
        let remedy = "remove it if no client asks by it";
        Drift::superfluous(&below(PLACE, uri), uri, remedy).notice()
    });
    missing.chain(further).collect()
}

pub(super) fn addresses(wanted: &ApplicationObject, found: &FoundApplication) -> Vec<Drift> {
    let mut drifts = Vec::new();
    drifts.extend(home_page(wanted, found));
    drifts.extend(logout_url(wanted, found));
    let platforms = [
        Platform {
            place: "/web/redirectUris",
            name: "Web",
            wanted: &wanted.web.redirect_uris,
            found: &found.web_redirect_uris,
        },
        Platform {
            place: "/spa/redirectUris",
            name: "Single-page application",
            wanted: &wanted.spa.redirect_uris,
            found: &found.spa_redirect_uris,
        },
        Platform {
            place: "/publicClient/redirectUris",
            name: "Mobile and desktop applications",
            wanted: &wanted.public_client.redirect_uris,
            found: &found.public_redirect_uris,
        },
    ];
    drifts.extend(platforms.iter().flat_map(redirect_uris));
    drifts
}

/// People see it in the list of their applications.
fn home_page(wanted: &ApplicationObject, found: &FoundApplication) -> Option<Drift> {
    let (place, remedy) = ("/web/homePageUrl", "set \"Home page URL\" on page \"Branding & properties\"");
    match (wanted.web.home_page_url.as_ref()?, &found.home_page_url) {
        (expected, None) => Some(Drift::missing(place, expected, remedy).notice()),
        (expected, Some(found)) if expected != found => {
            Some(Drift::different(place, (found, expected), remedy).notice())
        }
        _ => None,
    }
}

fn logout_url(wanted: &ApplicationObject, found: &FoundApplication) -> Option<Drift> {
    let place = "/web/logoutUrl";
    let remedy = "set \"Front-channel logout URL\" on page \"Authentication\"";
    match (&wanted.web.logout_url, &found.logout_url) {
        (Some(expected), None) => Some(Drift::missing(place, expected, remedy)),
        (Some(expected), Some(found)) if expected != found => Some(Drift::different(place, (found, expected), remedy)),
        (None, Some(found)) => {
            let remedy = "remove \"Front-channel logout URL\" on page \"Authentication\", or correct AZURE_PUBLIC_URL";
            Some(Drift::superfluous(place, found, remedy))
        }
        _ => None,
    }
}

fn is_of_this_machine(uri: &str) -> bool {
    uri.strip_prefix("http://localhost").is_some_and(|rest| rest.starts_with([':', '/']))
}

fn redirect_uris(Platform { place, name, wanted, found }: &Platform<'_>) -> Vec<Drift> {
    let has = |all: &[String], uri: &str| all.iter().any(|other| without_port(other) == without_port(uri));
    let is_public = |uri: &String| uri.starts_with("https:");
    let is_served_elsewhere = wanted.iter().any(is_public);
    let missing = wanted.iter().filter(|uri| !has(found, uri)).map(|uri| {
        let remedy = format!("add it under the platform \"{name}\", page \"Authentication\" of the registration");
        // Where nobody develops with this registration, it is better without.
        Drift::missing(&below(place, uri), uri, remedy).notice_if(is_served_elsewhere && !is_public(uri))
    });
    let superfluous = found.iter().filter(|uri| !has(wanted, uri)).map(|uri| {
        let remedy = format!(
            "remove it from the platform \"{name}\", page \"Authentication\": codes are sent to whoever has that address; or \
             correct AZURE_PUBLIC_URL"
        );
        // Whoever develops with the registration of a public application may need it.
        Drift::superfluous(&below(place, uri), uri, remedy).notice_if(is_served_elsewhere && is_of_this_machine(uri))
    });
    missing.chain(superfluous).collect()
}
