//! What is done about a sign-out at the provider, now or when the store answers again.

use std::sync::Arc;
use std::time::Duration;

use super::events::AnyAuthEvents;
use super::events::sign_out::SignOut;
use crate::io::clock;
use crate::io::once_a_minute::OnceAMinute;
use crate::io::sessions::missed_ends::{Attempt, MissedEnds};
use crate::io::sessions::store::{SessionStore, StoreError};
use crate::model::refusals::diagnosis::Diagnosis;
use crate::model::refusals::reason::Reason;
use crate::model::sessions::session::ProviderSession;

/// Sign-outs at the provider that came while the store did not answer.
#[derive(Debug, Default)]
pub(crate) struct MissedSignOuts {
    ends: MissedEnds,
    told: OnceAMinute,
}

impl MissedSignOuts {
    /// Tries it again until the store answers, for at most so long.
    pub(crate) fn note(
        &self,
        store: &Arc<dyn SessionStore>,
        events: &Arc<dyn AnyAuthEvents>,
        session: ProviderSession,
        lifetime: Duration,
        error: &StoreError,
    ) {
        let (store, events) = (store.clone(), events.clone());
        let end_of = Box::new(move |session| {
            let (store, events) = (store.clone(), events.clone());
            Box::pin(async move { follow(store.as_ref(), events.as_ref(), session).await }) as Attempt
        });
        let is_remembered = self.ends.remember(session, lifetime, end_of);
        let kind = if is_remembered { "waits" } else { "is lost" };
        let Some(held_back) = self.told.passes(kind, clock::moment()) else { return };
        let held_back = (held_back > 0).then_some(held_back);
        if is_remembered {
            tracing::warn!(
                target: "azure_auth::session",
                held_back,
                "a sign-out at the provider could not be followed here, and is tried again until the store answers: {}",
                Diagnosis::of(error, Reason::SessionStoreUnavailable)
            );
        } else {
            tracing::error!(
                target: "azure_auth::session",
                held_back,
                "a sign-out at the provider is lost, because too many others wait for the store: {error}"
            );
        }
    }
}

/// Ends what began with a session at the provider.
pub(crate) async fn follow(
    store: &dyn SessionStore,
    events: &dyn AnyAuthEvents,
    session: ProviderSession,
) -> Result<(), StoreError> {
    // Anyone may ask for an invented one: nothing happened, and nobody is told.
    if store.delete_of_provider_session(session).await? {
        tracing::info!(target: "azure_auth::session", event = "signed-out-at-provider", "a session at the provider is over");
        events.signed_out(&SignOut::AtProvider).await;
    }
    Ok(())
}
