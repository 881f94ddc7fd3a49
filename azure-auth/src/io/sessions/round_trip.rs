//! A made-up session on its way into a store and out of it.

use super::store::{SessionStore, StoreError};
use crate::io::{clock, entropy};
use crate::model::refusals::diagnosis::Diagnosed;
use crate::model::sessions::session::{SessionId, SessionLifetimes};
use crate::rules::inspection::session_store::{self, NAME, RoundTrip};

/// Keeps a session of somebody who does not exist, finds it again and ends it. Sessions of others are not touched.
pub(crate) async fn make(store: &dyn SessionStore, lifetimes: SessionLifetimes) -> RoundTrip {
    attempt(store, lifetimes).await.unwrap_or_else(|failed| failed)
}

async fn attempt(store: &dyn SessionStore, lifetimes: SessionLifetimes) -> Result<RoundTrip, RoundTrip> {
    let failed = |step| move |error: StoreError| failed(step, &error);
    let ready = store.ready().await.map_err(failed("asked for"))?;
    let bytes: [u8; 16] = entropy::random().map_err(|_| StoreError::Entropy).map_err(failed("named"))?;
    let (high, low) = bytes.split_at(8);
    let number = |bytes: &[u8]| bytes.iter().fold(0, |all, byte| all << 8 | u64::from(*byte));
    let id = SessionId([number(high), number(low)]);
    let now = clock::now();
    let beginning = store.begin(&session_store::nobody(), None).await.map_err(failed("begun"))?;
    let record = session_store::made_up(id, lifetimes, beginning, now);
    let ticket = store.create(NAME, record).await.map_err(failed("kept"))?;
    let found = store.load(NAME, &ticket).await.map_err(failed("found"))?;
    let Some(found) = found.ok().filter(|found| found.record.id == id) else { return Ok(RoundTrip::NotFound) };
    store.delete(NAME, &ticket, &found, now).await.map_err(failed("ended"))?;
    let left = store.load(NAME, &ticket).await.map_err(failed("looked for"))?;
    Ok(match left {
        Ok(_) => RoundTrip::NotEnded,
        Err(_) => RoundTrip::Complete { near_cache: ready.near_cache, may_evict: ready.may_evict },
    })
}

fn failed(step: &'static str, error: &StoreError) -> RoundTrip {
    let name = match error {
        StoreError::Unreachable => "session-store-unreachable",
        StoreError::TimedOut => "session-store-timed-out",
        StoreError::Full => "session-store-full",
        StoreError::Refused { .. } => "session-store-refuses",
        StoreError::NothingBeside | StoreError::BesideTooLong { .. } | StoreError::Record(_) | StoreError::Entropy => {
            "session-store-failed"
        }
    };
    let details = error.details();
    let remedy = details.remedy.unwrap_or_default().into_owned();
    RoundTrip::Failed { step, found: format!("{error}: {}", details.found), remedy, name }
}
