//! Sessions that ended before their time, and whoever waits for that.

use arc_swap::ArcSwap;
use tokio::sync::watch;

use super::clock;
use crate::model::principal::Evidence;
use crate::model::session::SessionRecord;
use crate::model::unix_time::UnixTime;
use crate::rules::revocation::Revocations;

/// What this process knows to be signed out; read without a lock.
#[derive(Debug)]
pub(crate) struct RevokedSessions {
    known: ArcSwap<Revocations>,
    /// How often a session was ended.
    changes: watch::Sender<u64>,
}

impl Default for RevokedSessions {
    fn default() -> Self {
        Self { known: ArcSwap::default(), changes: watch::channel(0).0 }
    }
}

impl RevokedSessions {
    /// Ends a session in this process, whatever copies of its cookie come back.
    pub(crate) fn revoke(&self, record: &SessionRecord) {
        self.known.rcu(|known| known.with(record, clock::now()));
        self.changes.send_modify(|count| *count += 1);
    }

    /// Whether what once proved a principal was ended since.
    pub(crate) fn covers(&self, evidence: &Evidence) -> bool {
        match evidence {
            Evidence::Session { id, signed_in_at } => self.known.load().covers(*id, *signed_in_at),
            Evidence::Bearer(_) => false,
        }
    }

    /// Waits until the evidence proves nothing any more: its time is over, or it was revoked.
    pub(crate) async fn ended(&self, evidence: &Evidence, ends_at: UnixTime) {
        let mut changes = self.changes.subscribe();
        let revoked = async {
            // The sender lives as long as `self` does, so that every change is seen.
            while !self.covers(evidence) && changes.changed().await.is_ok() {}
        };
        let left = ends_at.since(clock::now());
        // Either of the two: no answer within the time left is the end as well.
        let _ = tokio::time::timeout(left, revoked).await;
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::rules::session_record::tests::record;

    fn evidence(record: &SessionRecord) -> Evidence {
        Evidence::Session { id: record.id, signed_in_at: record.signed_in_at }
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_waits_is_told_when_the_session_is_revoked() {
        let record = record(clock::now().0);
        let (revoked, evidence) = (RevokedSessions::default(), evidence(&record));
        let far = clock::now() + Duration::from_secs(1_000_000);
        let ended = revoked.ended(&evidence, far);
        tokio::pin!(ended);
        assert!(tokio::time::timeout(Duration::from_secs(10), &mut ended).await.is_err(), "it lives");
        revoked.revoke(&record);
        tokio::time::timeout(Duration::from_secs(1), ended).await.unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn it_ends_with_its_time_in_any_case() {
        let record = record(clock::now().0);
        let revoked = RevokedSessions::default();
        let soon = clock::now() + Duration::from_secs(60);
        let begun = tokio::time::Instant::now();
        revoked.ended(&evidence(&record), soon).await;
        assert!((59..=60).contains(&begun.elapsed().as_secs()));
        revoked.ended(&evidence(&record), UnixTime(0)).await;
    }
}
