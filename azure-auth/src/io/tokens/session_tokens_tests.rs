use super::*;
use crate::io::sessions::memory::{MemoryLimits, MemoryStore};
use crate::io::sessions::store::SessionStore;
use crate::model::sessions::session::SessionRecord;
use crate::model::unix_time::UnixTime;
use crate::rules::session::session_record::tests::record;

const NAME: &str = "cookie";
const GRAPH: &str = "https://graph.microsoft.com";
const NOW: UnixTime = UnixTime(1_800_000_000);

/// Somebody who has a session.
async fn session() -> KeptSession {
    let store: Arc<dyn SessionStore> = Arc::new(MemoryStore::new(MemoryLimits::default()));
    let record = record(NOW.0);
    let beginning = store.begin(&record.identity.id, None).await.unwrap();
    let ticket = store.create(NAME, SessionRecord { beginning, ..record }).await.unwrap();
    let stored = store.load(NAME, &ticket).await.unwrap().unwrap();
    KeptSession { store, name: NAME.to_owned(), ticket, stored }
}

fn granted(token: &str, refresh_token: &str, life: u64) -> GrantedTokens {
    let names = || vec!["Mail.Read".to_owned()];
    GrantedTokens {
        token: HeldToken {
            secret: token.into(),
            granted: names(),
            asked: names(),
            renew_at: NOW,
            ends_at: UnixTime(NOW.0 + life),
        },
        refresh_token: Some(refresh_token.into()),
        not_granted: Vec::new(),
    }
}

async fn refresh_token(session: &KeptSession) -> Option<String> {
    text(&session.access().await.unwrap()).map(ToOwned::to_owned)
}

async fn token(session: &KeptSession) -> Option<String> {
    session.token(GRAPH).await.unwrap().value.map(|held| held.secret.expose_secret().to_owned())
}

#[tokio::test]
async fn what_a_renewal_brought_is_kept_with_its_times() {
    let session = session().await;
    let before = session.access().await.unwrap();
    keep(&session, before, GRAPH, 0, &granted("a", "1", 3600)).await.unwrap();
    let held = session.token(GRAPH).await.unwrap().value.unwrap();
    assert_eq!((held.renew_at, held.ends_at), (NOW, UnixTime(NOW.0 + 3600)));
    assert_eq!((held.granted, held.asked), (vec!["Mail.Read".to_owned()], vec!["Mail.Read".to_owned()]));
    assert_eq!(refresh_token(&session).await.as_deref(), Some("1"));
    assert!(session.token("https://storage.azure.com").await.unwrap().value.is_none());
}

#[tokio::test]
async fn a_renewal_that_loses_against_another_keeps_the_newer_refresh_token() {
    let session = session().await;
    // Both have looked, and both have been at the provider.
    let (first, second) = (session.access().await.unwrap(), session.access().await.unwrap());
    keep(&session, second, GRAPH, 0, &granted("newer", "2", 3600)).await.unwrap();
    keep(&session, first, GRAPH, 0, &granted("older", "1", 3600)).await.unwrap();
    assert_eq!(refresh_token(&session).await.as_deref(), Some("2"));
    assert_eq!(token(&session).await.as_deref(), Some("newer"));
}

#[tokio::test]
async fn a_renewal_that_loses_against_the_end_of_the_session_leaves_nothing() {
    let session = session().await;
    let before = session.access().await.unwrap();
    session.store.delete(NAME, &session.ticket, &session.stored, NOW).await.unwrap();
    let late = keep(&session, before, GRAPH, 0, &granted("late", "1", 3600)).await;
    assert!(matches!(late, Err(TokenProblem::SessionOver)), "{late:?}");
    assert_eq!((refresh_token(&session).await, token(&session).await), (None, None));
}

#[tokio::test]
async fn visits_to_the_provider_stay_when_a_token_is_renewed() {
    let session = session().await;
    let access = crate::model::sessions::asked_access::AskedAccess { apis: Vec::new(), is_challenged: false };
    let mut before = session.access().await.unwrap();
    before.value.visits.note(&access, NOW);
    session.keep_access(before.version, &before.value).await.unwrap();
    let before = session.access().await.unwrap();
    keep(&session, before, GRAPH, 0, &granted("a", "1", 3600)).await.unwrap();
    assert!(!session.access().await.unwrap().value.visits.allow(&access, NOW));
}

#[tokio::test]
async fn replicas_agree_on_the_name_of_a_renewal_and_nobody_learns_the_session_from_it() {
    let session = session().await;
    let name = session.lease_name(GRAPH);
    assert_eq!(name, session.clone().lease_name(GRAPH));
    assert_ne!(name, session.lease_name("https://storage.azure.com"));
    assert!(name.starts_with("token-") && name.len() == 49 && !name.contains("graph"), "{name}");
}
