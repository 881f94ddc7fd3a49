//! From what the configuration says to a place for sessions.

use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};
use url::Url;

use crate::io::sessions::cookie::CookieStore;
use crate::io::sessions::ended_list::EndedLists;
use crate::io::sessions::memory::{MemoryLimits, MemoryStore};
#[cfg(feature = "metrics")]
use crate::io::sessions::metered::MeteredStore;
#[cfg(feature = "redis")]
use crate::io::sessions::redis::credentials::RedisCredentialsSource;
#[cfg(feature = "redis")]
use crate::io::sessions::redis::store::{RedisKeys, RedisStore};
use crate::io::sessions::store::SessionStore;
use crate::model::settings::configuration::{Configuration, SessionStoreSetting};
use crate::rules::configuration::settings::{self, ConfigurationError};
use crate::rules::session::seal::{Purpose, SealingKeys, derive_bytes};

/// What a store may need beside the settings.
#[derive(Clone, Default)]
pub(crate) struct StoreCredentials {
    #[cfg(feature = "redis")]
    pub(crate) of_redis: Option<RedisCredentialsSource>,
}

impl StoreCredentials {
    /// Whether there are some for a Redis server.
    pub(crate) fn are_of_redis(&self) -> bool {
        #[cfg(feature = "redis")]
        return self.of_redis.is_some();
        #[cfg(not(feature = "redis"))]
        false
    }
}

/// Where sessions live; nowhere without keys, because nobody signs in then.
pub(crate) fn store(
    configuration: &Configuration,
    credentials: StoreCredentials,
) -> Result<Option<Arc<dyn SessionStore>>, ConfigurationError> {
    let Some(keys) = SealingKeys::derive(&configuration.sealing_secrets, Purpose::Session) else { return Ok(None) };
    let (store, word): (Arc<dyn SessionStore>, _) = match &configuration.session_storage {
        SessionStoreSetting::Cookie => {
            let budget = configuration.session_cookie_budget;
            (Arc::new(CookieStore::new(keys, budget, ended_lists(configuration))), "cookie")
        }
        SessionStoreSetting::Memory => (Arc::new(MemoryStore::new(MemoryLimits::default())), "memory"),
        SessionStoreSetting::Redis(address) => {
            let Some(store) = redis_store(configuration, address, credentials)? else { return Ok(None) };
            (store, "redis")
        }
    };
    Ok(Some(metered(store, word)))
}

#[cfg(feature = "metrics")]
fn metered(store: Arc<dyn SessionStore>, word: &'static str) -> Arc<dyn SessionStore> {
    Arc::new(MeteredStore::new(store, word))
}

/// Nobody would see what it takes.
#[cfg(not(feature = "metrics"))]
fn metered(store: Arc<dyn SessionStore>, _: &'static str) -> Arc<dyn SessionStore> {
    store
}

/// One for each sealing key. Another store of this process shares it if the one opens what the other sealed.
fn ended_lists(configuration: &Configuration) -> EndedLists {
    let authority = configuration.authority.canonical();
    let whose: [&[u8]; 4] = [b"ended sessions ", configuration.client.id.as_bytes(), b" ", authority.as_bytes()];
    let names = configuration.sealing_secrets.iter().map(|secret| derive_bytes(secret, &whose));
    EndedLists::new(names, configuration.lifetimes.absolute)
}

/// For the log: without what may be a password.
pub(crate) fn described(storage: &SessionStoreSetting) -> String {
    match storage {
        SessionStoreSetting::Cookie => {
            "in sealed cookies: a sign-out holds in this process until it restarts, and in no other".to_owned()
        }
        SessionStoreSetting::Memory => {
            "in this process: they end when it does, and no other replica knows them".to_owned()
        }
        SessionStoreSetting::Redis(address) => {
            let address = Url::parse(address.expose_secret()).ok();
            let (host, port) = address.as_ref().map_or((None, None), |address| (address.host_str(), address.port()));
            format!("at the Redis server {}:{}", host.unwrap_or_default(), port.unwrap_or(6379))
        }
    }
}

#[cfg(feature = "redis")]
fn redis_store(
    configuration: &Configuration,
    address: &SecretString,
    credentials: StoreCredentials,
) -> Result<Option<Arc<dyn SessionStore>>, ConfigurationError> {
    let Some(keys) = RedisKeys::derive(&configuration.sealing_secrets) else { return Ok(None) };
    let public_url = configuration.public_urls.first().map_or("", |url| url.as_str());
    let application = format!("{} {public_url}", configuration.client.id);
    let store = RedisStore::new(address.expose_secret(), credentials.of_redis, &application, keys)
        .map_err(|problem| settings::no_redis_address(problem.to_string()))?;
    Ok(Some(Arc::new(store)))
}

/// The configuration was judged before, and such an address refused.
#[cfg(not(feature = "redis"))]
fn redis_store(
    _: &Configuration,
    _: &SecretString,
    _: StoreCredentials,
) -> Result<Option<Arc<dyn SessionStore>>, ConfigurationError> {
    Err(settings::without_redis().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_not_part_of_what_the_log_says() {
        let storage =
            SessionStoreSetting::Redis(SecretString::from("rediss://me:word@cache.example.com:6380/1?prefix=a"));
        assert_eq!(described(&storage), "at the Redis server cache.example.com:6380");
    }
}
