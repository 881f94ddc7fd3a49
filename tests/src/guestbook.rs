//! The application that most tests visit: a public page, protected pages, and something to change.

#![allow(clippy::needless_pass_by_value, reason = "Poem hands arguments over by value")]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use azure_auth::{AzureAuth, Endpoints, User};
use poem::error::InternalServerError;
use poem::web::{Data, Html, Json};
use poem::{Result, get, handler};

/// How many entries there are.
#[derive(Clone, Default)]
pub struct Entries(Arc<AtomicUsize>);

impl Entries {
    /// How many there are now.
    pub fn count(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }

    fn add(&self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }

    fn clear(&self) {
        self.0.store(0, Ordering::SeqCst);
    }
}

/// The guestbook, which counts its entries.
pub fn guestbook(auth: AzureAuth, entries: &Entries) -> Endpoints {
    azure_auth::endpoints! {
        "/"        => get(home),
        "/me"      => get(me),
        "/claims"  => get(claims),
        "/entries" => get(list).post(write).delete(clear),
    }
    .data(entries.clone())
    .with(auth)
}

#[azure_auth::public]
#[handler]
fn home(user: Option<User>) -> Html<String> {
    Html(format!("<p>Welcome, {}!</p>", user.as_ref().map_or("stranger", User::display_name)))
}

#[azure_auth::protect(scopes = "openid email profile")]
#[handler]
fn me(user: User) -> String {
    user.id().to_string()
}

#[azure_auth::protect]
#[handler]
fn claims(user: User) -> Result<Json<serde_json::Value>> {
    Ok(Json(user.claims().map_err(InternalServerError)?))
}

#[azure_auth::protect]
#[handler]
fn list(entries: Data<&Entries>) -> String {
    entries.count().to_string()
}

#[azure_auth::protect]
#[handler]
fn write(entries: Data<&Entries>) -> String {
    entries.add();
    entries.count().to_string()
}

#[azure_auth::protect]
#[handler]
fn clear(entries: Data<&Entries>) -> String {
    entries.clear();
    entries.count().to_string()
}
