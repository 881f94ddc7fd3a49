//! A provider, an application that uses it, and a browser.

use azure_auth::{AzureAuth, AzureAuthBuilder};
use azure_auth_emulator::{Emulator, User};

use crate::application::Application;
use crate::browser::Browser;
use crate::guestbook::{Entries, guestbook};

/// Somebody at a browser, a guestbook, and the provider they both know.
pub struct Scene {
    /// The provider.
    pub emulator: Emulator,
    /// The guestbook.
    pub application: Application,
    /// What was written there.
    pub entries: Entries,
    /// Somebody's browser, without cookies.
    pub browser: Browser,
}

impl Scene {
    /// With the settings that the provider proposes.
    pub async fn new() -> Self {
        Self::with(&[]).await
    }

    /// With some settings changed.
    pub async fn with(changes: &[(&str, &str)]) -> Self {
        Self::of_changes(Emulator::start().await.expect("an emulator"), changes).await
    }

    /// With a provider of one's own and some settings changed.
    pub async fn of_changes(emulator: Emulator, changes: &[(&str, &str)]) -> Self {
        let auth = auth(&emulator, changes);
        Self::of(emulator, auth).await
    }

    /// With a provider and settings of one's own.
    pub async fn of(emulator: Emulator, auth: AzureAuth) -> Self {
        let entries = Entries::default();
        let application = Application::start(guestbook(auth, &entries)).await;
        Self { emulator, application, entries, browser: Browser::new() }
    }

    /// The application starts again with other settings, and has forgotten everything.
    pub fn restart(&self, auth: AzureAuth) {
        self.application.restart(guestbook(auth, &self.entries));
    }

    /// An address of the application.
    pub fn at(&self, path: &str) -> String {
        self.application.at(path)
    }

    /// Who the application thinks is at the browser.
    pub async fn session(&self) -> serde_json::Value {
        self.browser.open(self.at("/session")).await.json()
    }

    /// A person of the directory, by a part of their name.
    pub fn person(&self, name: &str) -> &User {
        self.emulator.directory().users().find(|user| user.name().contains(name)).expect("a person")
    }
}

/// Settings for an application at the emulator's first tenant, with changes.
pub fn auth(emulator: &Emulator, changes: &[(&str, &str)]) -> AzureAuth {
    builder(emulator, changes).build().expect("settings that are complete")
}

/// The same before it is built.
pub fn builder(emulator: &Emulator, changes: &[(&str, &str)]) -> AzureAuthBuilder {
    let changes = changes.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    // The first of two equal names counts.
    AzureAuthBuilder::from_variables(changes.chain(emulator.env()))
}
