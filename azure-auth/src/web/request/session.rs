//! The session of a request: opened once, noted as seen or ended with the answer.

use std::sync::Arc;

use poem::Request;

use super::context::RequestContext;
use super::findings::{Findings, SessionFound};
use super::{request_facts, sign_in_loop};
use crate::io::clock;
use crate::io::meters::of_requests::{self, Renewal};
use crate::io::sessions::store::{SessionStore, StoreError, StoreOutcome};
use crate::model::refusals::diagnosis::Diagnosis;
use crate::model::refusals::lost_session::LostSession;
use crate::model::refusals::reason::Reason;
use crate::model::sessions::session::SessionRecord;
use crate::model::unix_time::UnixTime;
use crate::rules::request::same_origin;
use crate::rules::session::cookies::{self, CookiePlacement};
use crate::web::application::opened_session::OpenedSession;
use crate::web::application::site::Site;
use crate::web::application::state::{Application, MountedApplication};

/// The session of a request. One with an `Authorization` header is judged by that alone: its cookie stays closed.
pub(crate) async fn of<'c>(context: &RequestContext<'c>) -> Result<Option<&'c Arc<OpenedSession>>, StoreError> {
    if request_facts::has_authorization(context.request) {
        return Ok(None);
    }
    of_cookie(context).await
}

/// The session that a request without an `Authorization` header carries, opened at most once. A ticket that is tampered
/// with, truncated, foreign or expired counts as no session.
pub(crate) async fn of_cookie<'c>(context: &RequestContext<'c>) -> Result<Option<&'c Arc<OpenedSession>>, StoreError> {
    if context.findings.session.get().is_none() {
        let opened = open(context).await;
        // Nobody else judges this request meanwhile.
        let _ = context.findings.session.set(opened);
    }
    match context.findings.session.get() {
        Some(Ok(found)) => Ok(found.opened()),
        Some(Err(error)) => Err(error.clone()),
        None => Ok(None),
    }
}

/// The browser's own session goes first: a request that carries both is not from a frame of another site.
async fn open(context: &RequestContext<'_>) -> Result<SessionFound, StoreError> {
    let found = open_from(context, CookiePlacement::FirstParty).await?;
    let application = context.application();
    if found.opened().is_some() || application.configuration.embedding.is_none() {
        return Ok(found);
    }
    if !context.findings.original.counts_in_frame
        || !counts_in_frame(application, context.site().as_deref(), context.request)
    {
        return Ok(found);
    }
    match Box::pin(open_from(context, CookiePlacement::Partitioned)).await? {
        SessionFound::None => Ok(found),
        of_frame => Ok(of_frame),
    }
}

/// Whether the cookie of a frame would prove anything of this request.
pub(crate) fn counts_in_frame(application: &Application, site: Option<&Arc<Site>>, request: &Request) -> bool {
    let configuration = &application.configuration;
    let Some(site) = site.filter(|_| configuration.embedding.is_some()) else { return false };
    let source = request_facts::whole_source(request);
    same_origin::counts(CookiePlacement::Partitioned, source, &site.origin, &configuration.trusted_origins)
}

async fn open_from(context: &RequestContext<'_>, placement: CookiePlacement) -> Result<SessionFound, StoreError> {
    let mounted = context.findings.mounted.as_ref();
    let Some(store) = &mounted.application.sessions else { return Ok(SessionFound::None) };
    let Some(site) = context.site() else { return Ok(SessionFound::None) };
    let carried = context.findings.carried(context.request);
    let Some(ticket) = carried.ticket(site.names.session(placement)) else {
        let is_in_pieces = carried.has_cookie(site.names.session(placement));
        return Ok(if is_in_pieces { SessionFound::Lost(LostSession::Cut) } else { SessionFound::None });
    };
    let now = clock::now();
    let known = known(mounted, store.as_ref(), &site, placement, &ticket, now);
    mounted.application.meters.session_cache.looked_up(known.is_some());
    let opened = match known {
        Some(opened) => opened,
        // Boxed here and below, for every request would carry room for what few of them need.
        None => match Box::pin(load(mounted, store.as_ref(), &site, placement, &ticket)).await? {
            Ok(opened) => opened,
            Err(lost) => return Ok(SessionFound::Lost(lost)),
        },
    };
    if !opened.is_live(now) {
        Box::pin(expire(context.findings, &opened)).await;
        return Ok(SessionFound::Lost(LostSession::Over));
    }
    if sign_in_loop::may_be_counted(opened.stored.record.signed_in_at, now)
        && !opened.is_uncounted()
        && !sign_in_loop::forget(context, &site)
    {
        opened.came_uncounted();
    }
    Ok(SessionFound::Opened(opened))
}

/// The browser came back with a session whose time is over. It is told once.
async fn expire(findings: &Findings, over: &OpenedSession) {
    delete_cookie(findings, &over.site, over.placement, over.cookie_name());
    // A copy may come back for ever.
    if !findings.application().is_first_since_end(over.stored.record.id) {
        return;
    }
    let user = &over.stored.record.identity.id;
    tracing::info!(target: "azure_auth::session", event = "expired", user = %user.loggable(), "a session is over");
    findings.application().events.expired(user).await;
}

/// A session that was opened before, and is still valid.
fn known(
    mounted: &MountedApplication,
    store: &dyn SessionStore,
    site: &Arc<Site>,
    placement: CookiePlacement,
    ticket: &[u8],
    now: UnixTime,
) -> Option<Arc<OpenedSession>> {
    let opened = mounted.opened.get(ticket)?;
    // A loopback host has as many sites as ports, and a ticket is good at one.
    let is_here = Arc::ptr_eq(&opened.site, site) || opened.site.names == site.names;
    let is_valid = is_here
        && opened.placement == placement
        && store.is_current(&opened.stored)
        // Seen elsewhere meanwhile, it ends later than this one knows.
        && now < opened.principal.ends_at;
    is_valid.then_some(opened)
}

async fn load(
    mounted: &MountedApplication,
    store: &dyn SessionStore,
    site: &Arc<Site>,
    placement: CookiePlacement,
    ticket: &[u8],
) -> Result<Result<Arc<OpenedSession>, LostSession>, StoreError> {
    let Ok(ticket) = std::str::from_utf8(ticket) else { return Ok(Err(LostSession::Cut)) };
    let stored = match store.load(site.names.session(placement), ticket).await? {
        Ok(stored) => stored,
        Err(lost) => return Ok(Err(lost)),
    };
    // The keys may be the same, and what another authority said of a person is worth nothing here.
    if stored.record.authority != mounted.application.authority {
        return Ok(Err(LostSession::OtherAuthority));
    }
    let opened = OpenedSession::new(site.clone(), placement, ticket.to_owned(), stored, &mounted.table.groups);
    // A tenant may have left the list since.
    let tenants = &mounted.application.configuration.tenants;
    if opened.principal.tenant().is_some_and(|tenant| !tenants.accepts(tenant)) {
        return Ok(Err(LostSession::OtherTenant));
    }
    let opened = Arc::new(opened);
    // Its parts take no more than a few times what they take as text.
    mounted.opened.insert(ticket.as_bytes(), opened.clone(), 1024 + ticket.len() + 3 * opened.stored.length);
    Ok(Ok(opened))
}

/// A session that has just begun.
pub(crate) struct Begun {
    pub(crate) ticket: String,
    /// The browser had another one, which ended.
    pub(crate) had_one: bool,
}

/// Begins a session and lets the browser keep its ticket. The one it had before ends.
pub(crate) async fn begin(
    context: &RequestContext<'_>,
    site: &Site,
    record: SessionRecord,
) -> Result<Begun, StoreError> {
    let Some(store) = &context.application().sessions else {
        return Ok(Begun { ticket: String::new(), had_one: false });
    };
    let ticket = store.create(site.names.session(CookiePlacement::FirstParty), record).await?;
    let had_one = take_over(context, site, CookiePlacement::FirstParty, &ticket).await;
    Ok(Begun { ticket, had_one })
}

/// Begins a session that a frame will take over: its ticket, which this browser window must not keep.
pub(crate) async fn begin_for_frame(
    findings: &Findings,
    site: &Site,
    record: SessionRecord,
) -> Result<Option<String>, StoreError> {
    match &findings.application().sessions {
        Some(store) => store.create(site.names.session(CookiePlacement::Partitioned), record).await.map(Some),
        None => Ok(None),
    }
}

/// Lets the sender of a request keep the ticket of a session. The one it had there before ends; whether there was one.
pub(crate) async fn take_over(
    context: &RequestContext<'_>,
    site: &Site,
    placement: CookiePlacement,
    ticket: &str,
) -> bool {
    let mut had_one = false;
    if let Some(store) = &context.application().sessions
        && !request_facts::has_authorization(context.request)
        && let Ok(SessionFound::Opened(before)) = open_from(context, placement).await
    {
        had_one = true;
        // It would end by itself; that it does so now is a courtesy, and no reason to refuse the new one.
        let _ = store.delete(before.cookie_name(), &before.ticket, &before.stored, clock::now()).await;
    }
    let count = keep(context.findings, site, placement, ticket);
    forget_pieces(context, site, placement, count);
    had_one
}

/// Ends every session that a request brings along, or all of their person, in the store before in the browser. Where a
/// frame's cookie comes beside the browser's own, whoever signs out means both.
pub(crate) async fn end(context: &RequestContext<'_>, site: &Site, is_everywhere: bool) -> Result<(), StoreError> {
    let is_there = |placement: &CookiePlacement| {
        context.findings.carried(context.request).ticket(site.names.session(*placement)).is_some()
    };
    let is_embedded = context.application().configuration.embedding.is_some();
    let frame = Some(CookiePlacement::Partitioned).filter(|placement| is_embedded && is_there(placement));
    let browser = Some(CookiePlacement::FirstParty).filter(|placement| frame.is_none() || is_there(placement));
    for placement in browser.into_iter().chain(frame) {
        if let Some(store) = &context.application().sessions
            && let Some(session) = open_from(context, placement).await?.into_opened()
        {
            // In one step: either all of them are over, this one included, or the person can try again.
            if is_everywhere {
                store.delete_of_user(&session.stored.record.identity.id).await?;
            } else {
                store.delete(session.cookie_name(), &session.ticket, &session.stored, clock::now()).await?;
            }
        }
        delete_cookie(context.findings, site, placement, site.names.session(placement));
        forget_pieces(context, site, placement, 1);
    }
    Ok(())
}

/// Whether this request is the one with which the session is noted as seen.
pub(crate) fn is_to_touch(findings: &Findings) -> bool {
    findings.opened_session().is_some_and(|session| session.is_to_touch(clock::now()))
}

/// Notes that the session was seen. What ended meanwhile stays ended.
pub(crate) async fn touch(findings: &Findings) {
    let (Some(store), Some(session)) = (&findings.application().sessions, findings.opened_session()) else { return };
    match note_seen(store.as_ref(), session, clock::now()).await {
        Ok(StoreOutcome::Reissued(ticket)) => {
            keep(findings, &session.site, session.placement, &ticket);
            session.was_reissued();
        }
        Ok(StoreOutcome::InPlace) => findings.mounted.opened.remove(session.ticket.as_bytes()),
        Ok(StoreOutcome::Changed | StoreOutcome::Gone) => {
            of_requests::renewal(Renewal::Over);
            return;
        }
        Err(problem) => {
            of_requests::renewal(Renewal::Failed);
            let diagnosis = Diagnosis::of(&problem, Reason::SessionStoreUnavailable);
            tracing::warn!(target: "azure_auth::session", "a session was not renewed: {diagnosis}");
            return;
        }
    }
    of_requests::renewal(Renewal::Renewed);
    let user = &session.stored.record.identity.id;
    tracing::debug!(target: "azure_auth::session", event = "renewed", user = %user.loggable(), "a session was renewed");
    findings.application().events.renewed(user).await;
}

/// What an older key sealed is sealed anew with it; whoever does that first does it for all.
async fn note_seen(
    store: &dyn SessionStore,
    session: &OpenedSession,
    now: UnixTime,
) -> Result<StoreOutcome, StoreError> {
    let (name, ticket, seen) = (session.cookie_name(), session.ticket.as_str(), &session.stored);
    let kept = store.touch(name, ticket, seen, now).await?;
    if kept == StoreOutcome::InPlace && seen.is_to_reseal {
        let record = SessionRecord { last_seen: now, ..seen.record.clone() };
        return Ok(match store.replace(name, ticket, seen, record).await? {
            StoreOutcome::Changed => StoreOutcome::InPlace,
            replaced => replaced,
        });
    }
    Ok(kept)
}

/// Lets the browser keep a ticket, in as many cookies as it takes.
fn keep(findings: &Findings, site: &Site, placement: CookiePlacement, ticket: &str) -> usize {
    let pieces = cookies::pieces(site.names.session(placement), ticket);
    for (name, piece) in &pieces {
        match placement {
            CookiePlacement::FirstParty => findings.set_cookie(name, piece, site.names.is_secure, None),
            CookiePlacement::Partitioned => findings.set_frame_cookie(name, piece, None),
        }
    }
    pieces.len()
}

/// Deletes the pieces of an earlier ticket from the piece `first` on.
fn forget_pieces(context: &RequestContext<'_>, site: &Site, placement: CookiePlacement, first: usize) {
    for name in
        cookies::further_pieces(|| request_facts::cookie_headers(context.request), site.names.session(placement), first)
    {
        delete_cookie(context.findings, site, placement, &name);
    }
}

/// With the attributes it was set with, or browsers keep it.
fn delete_cookie(findings: &Findings, site: &Site, placement: CookiePlacement, name: &str) {
    match placement {
        CookiePlacement::FirstParty => findings.delete_cookie(name, site.names.is_secure),
        CookiePlacement::Partitioned => findings.set_frame_cookie(name, "", Some(0)),
    }
}

/// A new session as the browser sends it back.
#[cfg(feature = "testing")]
pub(crate) async fn cookie_header(application: &Application, record: SessionRecord) -> Result<String, StoreError> {
    let (Some(store), Some(site)) = (&application.sessions, application.sites.first()) else {
        return Err(StoreError::Unreachable);
    };
    let name = site.names.session(CookiePlacement::FirstParty);
    let beginning = store.begin(&record.identity.id, record.provider_session).await?;
    let record = SessionRecord { beginning, authority: application.authority, ..record };
    let ticket = store.create(name, record).await?;
    let pieces = cookies::pieces(name, &ticket);
    Ok(pieces.iter().map(|(name, piece)| format!("{name}={piece}")).collect::<Vec<_>>().join("; "))
}

#[cfg(test)]
#[cfg(feature = "testing")]
mod tests {
    use std::time::Duration;

    use poem::http::header::COOKIE;
    use secrecy::SecretString;

    use super::*;
    use crate::io::provider::cached::Provider;
    use crate::io::provider::transport::Transport;
    use crate::io::sessions::cookie::CookieStore;
    use crate::io::sessions::ended_list::EndedLists;
    use crate::io::sessions::memory::{MemoryLimits, MemoryStore};
    use crate::rules::configuration::settings::{self, Settings};
    use crate::rules::session::seal::{Purpose, SealingKeys};
    use crate::rules::session::session_record::COOKIE_BUDGET;
    use crate::rules::session::session_record::tests::{AUTHORITIES, record};
    use crate::web::application::events::NoEvents;
    use crate::web::application::state::DeclaredNeeds;
    use crate::web::pages::looks::Pages;
    use crate::web::request::credential;

    /// The same application with the same keys and sessions, and this authority.
    fn mounted(authority: &str, store: &Arc<dyn SessionStore>) -> Arc<MountedApplication> {
        let has_tenants = ["common", "organizations"].iter().any(|ending| authority.ends_with(ending));
        let settings = Settings {
            client_id: Some("11111111-aaaa-4bbb-8ccc-222222222222".to_owned()),
            client_secret: Some(SecretString::from("a secret of more than thirty-two characters")),
            issuer_uri: Some(authority.to_owned()),
            valid_tenant_ids: has_tenants.then(|| "*".to_owned()),
            public_urls: Some(vec!["https://app.example.com".to_owned()]),
            ..Settings::default()
        };
        let configuration = settings::judge(&settings).unwrap();
        let credential =
            crate::io::credential::ClientCredential::new(&configuration.client, &configuration.authority).unwrap();
        let provider = Provider::new(configuration.authority.clone(), Transport::new(false, Vec::new()).unwrap());
        let application = Application::new(
            configuration,
            (provider, credential),
            Some(store.clone()),
            Pages::default(),
            Arc::new(NoEvents),
        );
        Arc::new(MountedApplication::new(Arc::new(application), DeclaredNeeds::default()))
    }

    async fn is_session(mounted: &Arc<MountedApplication>, cookie: &str) -> bool {
        let request = Request::builder().header(COOKIE, cookie).finish();
        let original = credential::original(&mounted.application, &request);
        of(&RequestContext::new(&Findings::new(mounted.clone(), original), &request)).await.unwrap().is_some()
    }

    async fn assert_sessions_belong_to_their_authority(store: Arc<dyn SessionStore>) {
        let all = AUTHORITIES.map(|authority| mounted(authority, &store));
        for (made, one) in all.iter().enumerate() {
            let cookie = cookie_header(&one.application, record(clock::now().0)).await.unwrap();
            for (shown, other) in all.iter().enumerate() {
                let (from, to) = (AUTHORITIES[made], AUTHORITIES[shown]);
                assert_eq!(is_session(other, &cookie).await, made == shown, "{store:?}: from {from} to {to}");
            }
        }
    }

    #[tokio::test]
    async fn a_session_of_one_authority_is_refused_under_every_other_wherever_it_is_kept() {
        let keys = SealingKeys::derive(&[vec![1; 32]], Purpose::Session).unwrap();
        let ended = EndedLists::of_process(7, Duration::from_secs(24 * 3600));
        assert_sessions_belong_to_their_authority(Arc::new(CookieStore::new(keys, COOKIE_BUDGET, ended))).await;
        assert_sessions_belong_to_their_authority(Arc::new(MemoryStore::new(MemoryLimits::default()))).await;
        #[cfg(feature = "redis")]
        if let Some(server) = crate::io::sessions::redis::redis_server::RedisServer::start() {
            use crate::io::sessions::redis::store::{RedisKeys, RedisStore};
            let keys = RedisKeys::derive(&[vec![1; 32]]).unwrap();
            let store = RedisStore::new(&server.address(), None, "application", keys).unwrap();
            assert_sessions_belong_to_their_authority(Arc::new(store)).await;
        }
    }
}
