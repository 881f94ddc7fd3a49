//! Addresses that the provider sends browsers to.
//!
//! A person who signs in in a window beside a frame comes back to the same callback as everybody: those windows need none.

use crate::model::registration::application::{ImplicitGrantSettings, RedirectUris, Web};
use crate::model::settings::configuration::AuthPaths;
use crate::rules::registration::program::{Program, SignIn};

/// Where programs run during development. Any port is the same to Entra ID.
const DEVELOPMENT: &str = "http://localhost";

/// Where poem-openapi's page waits for the provider, below its own address.
const OAUTH_RECEIVER: &str = "/oauth-receiver.html";

/// Addresses of a program that people sign in to.
pub(super) fn web(program: &Program<'_>, open_points: &mut Vec<String>) -> Web {
    if program.sign_in == SignIn::NotYet {
        open_points.push(
            "no credential is set, such as AZURE_CLIENT_SECRET, so that nobody signs in yet; rows of an API alone say `via = bearer`, \
             and then this has no address to come back to"
                .to_owned(),
        );
    }
    let first = program.public_urls.first();
    if first.is_none() && (program.signs_in() || !program.swagger_pages.is_empty()) {
        open_points.push(
            "AZURE_PUBLIC_URL is not set, so that people can sign in on this machine only; set it to the address that browsers use"
                .to_owned(),
        );
    }
    Web {
        home_page_url: first.map(|url| format!("{url}/")),
        logout_url: logout_url(program, open_points).filter(|_| program.signs_in()),
        redirect_uris: if program.signs_in() { everywhere(program, &program.paths.callback) } else { Vec::new() },
        implicit_grant_settings: ImplicitGrantSettings::default(),
    }
}

/// The provider loads it in a frame, and knows one only.
fn logout_url(program: &Program<'_>, open_points: &mut Vec<String>) -> Option<String> {
    let url = program.public_urls.iter().find(|url| url.as_str().starts_with("https:"))?;
    if program.signs_in() && program.public_urls.len() > 1 {
        open_points.push(format!(
            "a registration has one front-channel logout URL: a sign-out elsewhere ends sessions of {url} and of no other public \
             URL"
        ));
    }
    Some(format!("{url}{}{}", program.paths.session, AuthPaths::FRONT_CHANNEL_LOGOUT))
}

/// Addresses of pages that sign in without a secret: Swagger UI.
pub(super) fn spa(program: &Program<'_>) -> RedirectUris {
    let receiver = |page: &String| format!("{}{OAUTH_RECEIVER}", page.trim_end_matches('/'));
    let all = program.swagger_pages.iter().map(receiver).flat_map(|path| everywhere(program, &path));
    RedirectUris { redirect_uris: all.collect() }
}

pub(super) fn none() -> RedirectUris {
    RedirectUris::default()
}

/// A path at each public address; on this machine where there is none: codes of people of a public application are not for
/// whatever listens there.
fn everywhere(program: &Program<'_>, path: &str) -> Vec<String> {
    match program.public_urls {
        [] => vec![format!("{DEVELOPMENT}{path}")],
        urls => urls.iter().map(|url| format!("{url}{path}")).collect(),
    }
}

/// An address of this machine as Entra ID compares it: the port decides nothing.
pub(crate) fn without_port(address: &str) -> String {
    let Some(rest) = address.strip_prefix(DEVELOPMENT) else { return address.to_owned() };
    let port = rest.strip_prefix(':').map_or("", |port| port.split('/').next().unwrap_or_default());
    if port.is_empty() || !port.bytes().all(|digit| digit.is_ascii_digit()) {
        return address.to_owned();
    }
    format!("{DEVELOPMENT}{}", &rest[port.len() + 1..])
}
