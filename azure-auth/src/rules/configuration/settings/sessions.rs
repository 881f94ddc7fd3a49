//! Where sessions live, and for how long.

use std::time::Duration;

use secrecy::ExposeSecret;
use url::Url;

use super::Settings;
#[cfg(feature = "redis")]
use super::problem::ConfigurationError;
use super::problem::{ConfigurationProblem, Problems};
use crate::model::sessions::session::SessionLifetimes;
use crate::model::settings::configuration::SessionStoreSetting;
use crate::rules::configuration::shown_address::shown_word;
use crate::rules::session::session_record::{COOKIE_BUDGET, COOKIE_BUDGET_LIMIT};

const STORE: &str = "AZURE_SESSION_STORE";

pub(super) fn storage(settings: &Settings, problems: &mut Problems<'_>) -> SessionStoreSetting {
    let Some(address) = &settings.session_store else { return SessionStoreSetting::Cookie };
    let text = address.expose_secret();
    // An address may hold a password, so only its kind is named.
    match text.split(':').next().unwrap_or_default() {
        "cookie" => return SessionStoreSetting::Cookie,
        "memory" => return SessionStoreSetting::Memory,
        "redis" | "rediss" if !cfg!(feature = "redis") => problems.add(without_redis()),
        "redis" | "rediss" if Url::parse(text).is_ok_and(|address| address.has_host()) => {
            return SessionStoreSetting::Redis(address.clone());
        }
        "redis" | "rediss" => problems.add(malformed("the text is not an address".to_owned())),
        kind => {
            let problem = ConfigurationProblem::new(
                STORE,
                "not a kind of store",
                "write AZURE_SESSION_STORE=cookie, or another of these, or unset AZURE_SESSION_STORE",
            );
            let problem = problem.expecting("`cookie`, `memory`, `redis://…` or `rediss://…`");
            let is_kind = text.len() == kind.len() || text[kind.len()..].starts_with("://");
            problems.add(problem.having_found(shown_word(kind).filter(|_| is_kind)));
        }
    }
    SessionStoreSetting::Cookie
}

/// The address names a server that this program cannot speak to.
pub(crate) fn without_redis() -> ConfigurationProblem {
    ConfigurationProblem::new(
        STORE,
        "names a Redis server, which this program was built without",
        "turn on the feature `redis` of azure-auth in `Cargo.toml`: `cargo add azure-auth --features redis`",
    )
}

/// What the client of the server says of its address.
#[cfg(feature = "redis")]
pub(crate) fn no_redis_address(cause: String) -> ConfigurationError {
    malformed(cause).into()
}

fn malformed(cause: String) -> ConfigurationProblem {
    let remedy = "write `rediss://<user>:<password>@<host>:<port>/<database>`, or `redis://` without TLS, and percent-encode \
                  what is special in the password (`@` is `%40`, `/` is `%2F`, `#` is `%23`)";
    ConfigurationProblem::new(STORE, cause, remedy)
}

pub(super) fn lifetimes(settings: &Settings, problems: &mut Problems<'_>) -> SessionLifetimes {
    const LEAST: Duration = Duration::from_secs(60);
    let defaults = SessionLifetimes::default();
    let lifetimes = SessionLifetimes {
        idle: settings.idle_lifetime.unwrap_or(defaults.idle),
        absolute: settings.absolute_lifetime.unwrap_or(defaults.absolute),
    };
    let [idle, absolute] = [lifetimes.idle, lifetimes.absolute].map(|lifetime| lifetime.as_secs());
    if lifetimes.idle < LEAST {
        let problem = ConfigurationProblem::new(
            "idle_lifetime",
            "shorter than the pauses of somebody who reads",
            "give `idle_lifetime` a longer one, as in `Duration::from_secs(8 * 3600)`",
        );
        problems.add(problem.having_found(format!("{idle} s")).expecting("at least 60 s"));
    } else if lifetimes.absolute < lifetimes.idle {
        let problem = ConfigurationProblem::new(
            "idle_lifetime",
            "a session would be over before it is idle for so long",
            "give `absolute_lifetime` a longer time, or `idle_lifetime` a shorter one",
        );
        let problem = problem.beside(&["absolute_lifetime"]);
        problems.add(
            problem
                .having_found(format!("{idle} s idle and {absolute} s in all"))
                .expecting("no less in all than idle"),
        );
    }
    lifetimes
}

pub(super) fn cookie_budget(settings: &Settings, problems: &mut Problems<'_>) -> usize {
    let budget = settings.session_cookie_budget.unwrap_or(COOKIE_BUDGET);
    if !(1024..=COOKIE_BUDGET_LIMIT).contains(&budget) {
        let problem = ConfigurationProblem::new(
            "session_cookie_budget",
            "too few bytes for a session, or a longer header than many servers take",
            "give `session_cookie_budget` a number between, or keep sessions elsewhere with AZURE_SESSION_STORE",
        );
        let expected = format!("1024 to {COOKIE_BUDGET_LIMIT} bytes");
        problems.add(problem.having_found(format!("{budget} bytes")).expecting(expected));
    }
    budget
}

/// Never `cookies`: those of other applications on the same site would go with ours.
pub(super) fn clear_site_data(settings: &Settings) -> Option<&'static str> {
    match (settings.clears_cache, settings.clears_storage) {
        (false, false) => None,
        (true, false) => Some("\"cache\""),
        (false, true) => Some("\"storage\""),
        (true, true) => Some("\"cache\", \"storage\""),
    }
}
