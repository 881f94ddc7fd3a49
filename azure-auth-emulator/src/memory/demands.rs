//! What Microsoft Graph demands of the tokens of single people, and how long tokens live.

use std::collections::HashMap;
use std::sync::Mutex;

use super::claims_request::ClaimsRequest;
use super::lock;
use crate::directory::user::User;

/// A demand on the tokens of one person.
#[derive(Clone, Debug)]
pub(crate) struct Demand {
    pub(crate) claims: ClaimsRequest,
    /// Only the person can meet it, at the authorization endpoint.
    pub(crate) needs_person: bool,
}

/// At most one demand for each person, by object id.
#[derive(Debug, Default)]
pub(crate) struct Demands(Mutex<HashMap<String, Demand>>);

impl Demands {
    pub(crate) fn set(&self, user: &User, demand: Demand) {
        lock(&self.0).insert(user.id.clone(), demand);
    }

    pub(crate) fn of(&self, user: &User) -> Option<Demand> {
        lock(&self.0).get(&user.id).cloned()
    }

    pub(crate) fn clear(&self) {
        lock(&self.0).clear();
    }
}

/// How long access tokens live, where a test says so.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Lifetimes {
    /// In seconds.
    pub(crate) access_token: Option<u64>,
    /// When they should be renewed, in seconds.
    pub(crate) refresh_in: Option<u64>,
}
