//! A configuration that passed every check.

use azure_auth_policy::Guid;
use secrecy::SecretString;

use super::authority::Authority;
use super::client::Client;
use super::embedding::Embedding;
use super::origin::Origin;
use super::public_url::PublicUrl;
use super::tenants::AcceptedTenants;
use super::undeclared::Undeclared;
use crate::model::sessions::session::SessionLifetimes;

/// What an application runs with. Made by `rules::configuration` only.
pub(crate) struct Configuration {
    /// Settings that do nothing beside the others, each with the reason.
    pub(crate) without_effect: Vec<(&'static str, String)>,
    /// Variables that are set and not read, each with the one that was probably meant.
    pub(crate) misspelt: Vec<(String, &'static str)>,
    pub(crate) client: Client,
    pub(crate) authority: Authority,
    pub(crate) tenants: AcceptedTenants,
    /// The addresses browsers use, each on a host of its own; without any only loopback hosts are served sign-in. Keys
    /// follow the first.
    pub(crate) public_urls: Vec<PublicUrl>,
    pub(crate) paths: AuthPaths,
    /// None where no other site may show the application in a frame.
    pub(crate) embedding: Option<Embedding>,
    /// Scopes of every sign-in beyond those of the table.
    pub(crate) scopes: Vec<String>,
    pub(crate) keep_claims: Vec<String>,
    /// Accepted in access tokens, without trailing slashes.
    pub(crate) audiences: Vec<String>,
    /// Remembered in sessions beside those of the table.
    pub(crate) groups: Vec<Guid>,
    pub(crate) trusted_origins: Vec<Origin>,
    pub(crate) lifetimes: SessionLifetimes,
    pub(crate) session_storage: SessionStoreSetting,
    /// Bytes that the cookies of a sealed session may take together.
    pub(crate) session_cookie_budget: usize,
    /// Secrets that seal cookies, newest first. Empty when nobody can sign in here.
    pub(crate) sealing_secrets: Vec<Vec<u8>>,
    /// What browsers are told to clear at sign-out, as written in `Clear-Site-Data`.
    pub(crate) clear_site_data: Option<&'static str>,
    /// Whether people who are in more groups than a token holds are looked up in Microsoft Graph.
    pub(crate) asks_graph_for_groups: bool,
    /// Where Microsoft Graph is asked, if not where the provider says.
    pub(crate) graph: Option<Origin>,
    /// Put developers' detail into answers everywhere, not on loopback only.
    pub(crate) explain: bool,
    /// Where the program's own tokens come from, where the authority is not of one tenant.
    pub(crate) own_tenant: Option<Guid>,
    /// The program calls `accepts` with every answer of another API, so that it is told to the provider.
    pub(crate) handles_claims_challenges: bool,
    /// What happens to what answers in a router without having said who may call it.
    pub(crate) undeclared: Undeclared,
}

impl Configuration {
    /// Whether browsers are told at sign-out to clear what they cached of us.
    pub(crate) fn clears_cache(&self) -> bool {
        self.clear_site_data.is_some_and(|what| what.contains("cache"))
    }

    /// Every path that the library answers itself, without a prefix and with each.
    pub(crate) fn own_paths(&self) -> Vec<String> {
        let plain = own_paths(&self.paths, self.embedding.as_ref());
        let mut prefixes: Vec<&str> = self.public_urls.iter().map(PublicUrl::prefix).chain([""]).collect();
        prefixes.sort_unstable();
        prefixes.dedup();
        prefixes.iter().flat_map(|prefix| plain.iter().map(move |path| format!("{prefix}{path}"))).collect()
    }
}

/// The same of parts that are still to be judged.
pub(crate) fn own_paths(paths: &AuthPaths, embedding: Option<&Embedding>) -> Vec<String> {
    let embedded = embedding.map(|embedding| embedding.all(&paths.session)).unwrap_or_default();
    paths.all().into_iter().chain(embedded).collect()
}

/// Where sessions live between requests.
#[derive(Clone, Debug)]
pub(crate) enum SessionStoreSetting {
    /// Sealed, in the browser.
    Cookie,
    /// In this process.
    Memory,
    /// At the address of a Redis server, which may hold a password.
    Redis(SecretString),
}

/// The paths that the library answers itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AuthPaths {
    pub(crate) login: String,
    pub(crate) logout: String,
    pub(crate) session: String,
    pub(crate) callback: String,
}

impl Default for AuthPaths {
    fn default() -> Self {
        Self {
            login: "/login".to_owned(),
            logout: "/logout".to_owned(),
            session: "/session".to_owned(),
            callback: "/authorization-code/callback".to_owned(),
        }
    }
}

impl AuthPaths {
    /// Below the path of the session: where pages wait for its end.
    pub(crate) const EVENTS: &'static str = "/events";

    /// Below the path of the session: where the provider tells that a session of its own ended.
    pub(crate) const FRONT_CHANNEL_LOGOUT: &'static str = "/front-channel-logout";

    /// Below the path of the session: the script that lets pages learn of its end.
    pub(crate) const WATCH_SCRIPT: &'static str = "/watch.js";

    /// Below the path of the session: the picture with which browsers clear what they cached of us.
    pub(crate) const CLEAR_CACHE: &'static str = "/clear-cache.svg";

    fn all(&self) -> Vec<String> {
        let own = [&self.login, &self.logout, &self.session, &self.callback].map(Clone::clone);
        let below = [Self::EVENTS, Self::FRONT_CHANNEL_LOGOUT, Self::WATCH_SCRIPT, Self::CLEAR_CACHE]
            .map(|path| format!("{}{path}", self.session));
        own.into_iter().chain(below).collect()
    }
}
