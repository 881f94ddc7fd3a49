//! Tokens that an application's own tests give, where there is no provider.

use std::sync::PoisonError;

use super::source::{TokenOutcome, TokenSource};

use crate::io::clock;
use crate::model::callers::identity::UserId;
use crate::model::downstream::held_token::HeldToken;
use crate::model::downstream::permission::{DEFAULT, Permission, ResourceName};
use crate::rules::downstream::renewal;
use crate::rules::downstream::scopes;

/// Tests do not last longer.
const LIFETIME: std::time::Duration = std::time::Duration::from_secs(3600);

/// For whom, and what for.
pub(crate) type Given = Vec<(UserId, ResourceName, HeldToken)>;

impl TokenSource {
    /// Keeps a text for a person.
    pub(crate) fn give(&self, user: UserId, permissions: &[Permission], text: &str) {
        let Some(first) = permissions.first() else { return };
        let names = permissions.iter().map(|permission| permission.name.to_owned()).collect();
        let token = token(text, names);
        self.given.lock().unwrap_or_else(PoisonError::into_inner).push((user, first.resource, token));
    }

    /// Keeps a text for the program.
    pub(crate) fn give_own(&self, resource: ResourceName, text: &str) {
        if let Ok(token) = self.in_hand(resource, token(text, vec![DEFAULT.to_owned()])) {
            self.program.put(&token);
        }
    }

    /// The newest that is enough.
    pub(crate) fn given(&self, user: &UserId, permissions: &[Permission]) -> Option<TokenOutcome> {
        let first = permissions.first()?;
        let given = self.given.lock().unwrap_or_else(PoisonError::into_inner);
        let is_meant = |(of, resource, token): &&(UserId, ResourceName, HeldToken)| {
            of == user && *resource == first.resource && scopes::covers(&token.granted, permissions)
        };
        let (_, _, token) = given.iter().rev().find(is_meant)?;
        Some(self.in_hand(first.resource, token.clone()))
    }
}

fn token(text: &str, names: Vec<String>) -> HeldToken {
    let now = clock::now();
    HeldToken {
        secret: text.to_owned().into(),
        granted: names.clone(),
        asked: names,
        renew_at: renewal::renew_at(now, LIFETIME, None),
        ends_at: renewal::ends_at(now, LIFETIME),
    }
}
