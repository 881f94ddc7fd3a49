//! Where sessions may be kept.

use std::process::Command;

use crate::redis::RedisServer;
use crate::scene::Scene;

/// A store, and what has to run for it.
pub struct Place {
    /// For messages.
    pub name: &'static str,
    /// A value for `AZURE_SESSION_STORE`.
    pub address: String,
    /// Not there where nothing has to run.
    pub server: Option<RedisServer>,
}

/// Every store; without Redis, and with a notice, where none is installed.
pub fn places() -> Vec<Place> {
    [Place::here("cookie")].into_iter().chain(places_of_tokens()).collect()
}

/// The stores that keep something beside sessions.
pub fn places_of_tokens() -> Vec<Place> {
    [Place::here("memory")].into_iter().chain(Place::redis()).collect()
}

/// The stores that several processes may use.
pub fn shared_places() -> Vec<Place> {
    [Place::here("cookie")].into_iter().chain(Place::redis()).collect()
}

impl Place {
    /// A store that needs nothing else.
    pub fn here(name: &'static str) -> Self {
        Self { name, address: name.to_owned(), server: None }
    }

    /// A Redis server of its own.
    pub fn redis() -> Option<Self> {
        RedisServer::start().map(|server| Self { name: "redis", address: server.address(), server: Some(server) })
    }

    /// What its Redis server says to a command.
    pub fn says(&self, arguments: &[&str]) -> String {
        let output = Command::new("redis-cli").args(["-u", &self.address, "--raw"]).args(arguments).output().unwrap();
        assert!(output.status.success(), "{output:?}");
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// The keys of its Redis server; in memory there are none.
    pub fn keys(&self) -> Vec<String> {
        if self.server.is_none() {
            return Vec::new();
        }
        self.says(&["KEYS", "*"]).lines().map(ToOwned::to_owned).collect()
    }

    /// Those under which tokens are kept.
    pub fn token_keys(&self) -> Vec<String> {
        self.keys().into_iter().filter(|key| key.contains(":tokens:")).collect()
    }

    /// A guestbook that keeps its sessions there.
    pub async fn scene(&self) -> Scene {
        Scene::with(&[("AZURE_SESSION_STORE", &self.address)]).await
    }
}
