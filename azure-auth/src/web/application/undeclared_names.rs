//! What answered without having said who may call it, named in the log.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use poem::http::StatusCode;

/// What was named in the log, each once.
#[derive(Debug, Default)]
pub(crate) struct UndeclaredNames(Mutex<HashSet<String>>);

/// Whoever has more of them has seen enough to know.
const NAMES: usize = 32;

impl UndeclaredNames {
    /// A page of one's own for what is not there is nothing to look after.
    pub(crate) fn note(&self, status: StatusCode, name: impl FnOnce() -> String) {
        if matches!(status, StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED) {
            return;
        }
        // Nothing under this lock can panic half-way.
        let mut names = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if names.len() >= NAMES {
            return;
        }
        let name = name();
        if !names.insert(name.clone()) {
            return;
        }
        let is_last = names.len() == NAMES;
        drop(names);
        tracing::warn!(
            target: "azure_auth::undeclared",
            "{name} was answered by something that does not say who may call it; write `#[azure_auth::protect]` or \
             `#[azure_auth::public]` above its `#[handler]`, or put `azure_auth::guard!(…)` or `azure_auth::open!(reason = …)` \
             around the router"
        );
        if is_last {
            tracing::warn!(target: "azure_auth::undeclared", "further ones of this application are not named");
        }
    }
}
