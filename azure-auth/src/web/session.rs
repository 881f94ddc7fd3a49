//! The session of a request: opened once, noted as seen or ended with the answer.

use std::sync::Arc;

use poem::Request;

#[cfg(feature = "testing")]
use super::application::Application;
use super::application::Mounted;
use super::opened_session::OpenedSession;
use super::request_cell::RequestCell;
use super::site::Site;
use super::{request_facts, rounds};
use crate::io::clock;
use crate::io::session_store::{Kept, SessionStore, StoreError};
use crate::model::session::SessionRecord;
use crate::rules::cookies;

/// The session that a request carries, opened at most once. A ticket that is tampered with, truncated, foreign or
/// expired is none.
pub(crate) async fn of<'c>(
    cell: &'c RequestCell,
    request: &Request,
) -> Result<Option<&'c Arc<OpenedSession>>, StoreError> {
    if cell.session.get().is_none() {
        let opened = open(cell, request).await;
        // Nobody else judges this request meanwhile.
        let _ = cell.session.set(opened);
    }
    match cell.session.get() {
        Some(Ok(session)) => Ok(session.as_ref()),
        Some(Err(error)) => Err(error.clone()),
        None => Ok(None),
    }
}

async fn open(cell: &RequestCell, request: &Request) -> Result<Option<Arc<OpenedSession>>, StoreError> {
    let mounted = cell.mounted.as_ref();
    let Some(store) = &mounted.application.sessions else { return Ok(None) };
    let Some(site) = mounted.application.site(request) else { return Ok(None) };
    let Some(ticket) = request_facts::ticket(request, site.names.session()) else { return Ok(None) };
    let now = clock::now();
    let opened = match known(mounted, store.as_ref(), &site, &ticket) {
        Some(opened) => Some(opened),
        // Boxed here and below, for every request would carry room for what few of them need.
        None => Box::pin(load(mounted, store.as_ref(), &site, &ticket)).await?,
    };
    if let Some(over) = opened.as_ref().filter(|opened| !opened.is_live(now)) {
        Box::pin(expire(cell, &site, over)).await;
        return Ok(None);
    }
    if opened.as_ref().is_some_and(|opened| rounds::may_be_counted(opened.stored.record.signed_in_at, now)) {
        rounds::forget(cell, request, &site);
    }
    Ok(opened)
}

/// The browser came back with a session whose time is over. It is told once.
async fn expire(cell: &RequestCell, site: &Site, over: &OpenedSession) {
    cell.delete_cookie(site.names.session(), site.names.is_secure);
    let user = &over.stored.record.identity.id;
    tracing::info!(target: "azure_auth::session", event = "expired", user = %user.loggable(), "a session is over");
    cell.application().events.expired(user).await;
}

/// A session that was opened before, and still stands.
fn known(mounted: &Mounted, store: &dyn SessionStore, site: &Arc<Site>, ticket: &[u8]) -> Option<Arc<OpenedSession>> {
    let opened = mounted.opened.get(ticket)?;
    // A loopback host has as many sites as ports, and a ticket is good at one.
    let is_here = Arc::ptr_eq(&opened.site, site) || opened.site.names == site.names;
    let stands = is_here && store.is_current(&opened.stored) && clock::now() < opened.stored.fresh_until;
    stands.then_some(opened)
}

async fn load(
    mounted: &Mounted,
    store: &dyn SessionStore,
    site: &Arc<Site>,
    ticket: &[u8],
) -> Result<Option<Arc<OpenedSession>>, StoreError> {
    let Ok(ticket) = std::str::from_utf8(ticket) else { return Ok(None) };
    let Some(stored) = store.load(site.names.session(), ticket).await? else { return Ok(None) };
    let opened = OpenedSession::new(site.clone(), ticket.to_owned(), stored, &mounted.table.groups);
    // A tenant may have left the list since.
    let tenants = &mounted.application.configuration.tenants;
    if opened.principal.tenant().is_some_and(|tenant| !tenants.accepts(tenant)) {
        return Ok(None);
    }
    let opened = Arc::new(opened);
    // Its parts take no more than a few times what they take in the ticket or in the store.
    mounted.opened.insert(ticket.as_bytes(), opened.clone(), 2048 + 3 * ticket.len());
    Ok(Some(opened))
}

/// Begins a session and lets the browser keep its ticket. The one it had before ends.
pub(crate) async fn begin(
    cell: &RequestCell,
    request: &Request,
    site: &Site,
    record: SessionRecord,
) -> Result<(), StoreError> {
    let Some(store) = &cell.application().sessions else { return Ok(()) };
    let ticket = store.create(site.names.session(), record).await?;
    if let Ok(Some(before)) = of(cell, request).await {
        // It would end by itself; that it does so now is a courtesy, and no reason to refuse the new one.
        let _ = store.delete(site.names.session(), &before.ticket, &before.stored, clock::now()).await;
    }
    let count = keep(cell, site, &ticket);
    forget_pieces(cell, request, site, count);
    Ok(())
}

/// Ends the session of a request, or all of its person, in the store before in the browser.
pub(crate) async fn end(
    cell: &RequestCell,
    request: &Request,
    site: &Site,
    is_everywhere: bool,
) -> Result<(), StoreError> {
    let name = site.names.session();
    if let Some(store) = &cell.application().sessions
        && let Some(session) = of(cell, request).await?
    {
        let now = clock::now();
        store.delete(name, &session.ticket, &session.stored, now).await?;
        if is_everywhere {
            store.delete_of_user(&session.stored.record.identity.id, now).await?;
        }
    }
    cell.delete_cookie(name, site.names.is_secure);
    forget_pieces(cell, request, site, 1);
    Ok(())
}

/// Whether this request is the one with which the session is noted as seen.
pub(crate) fn is_to_touch(cell: &RequestCell) -> bool {
    cell.opened_session().is_some_and(|session| session.is_to_touch(clock::now()))
}

/// Notes that the session was seen. What ended meanwhile stays ended.
pub(crate) async fn touch(cell: &RequestCell) {
    let (Some(store), Some(session)) = (&cell.application().sessions, cell.opened_session()) else { return };
    let now = clock::now();
    match store.touch(session.site.names.session(), &session.ticket, &session.stored, now).await {
        Ok(Kept::Reissued(ticket)) => {
            keep(cell, &session.site, &ticket);
            session.was_reissued();
        }
        Ok(Kept::InPlace) => cell.mounted.opened.remove(session.ticket.as_bytes()),
        Ok(Kept::Changed | Kept::Gone) => return,
        Err(problem) => {
            tracing::warn!(target: "azure_auth::session", "a session was not renewed: {problem}");
            return;
        }
    }
    let user = &session.stored.record.identity.id;
    tracing::debug!(target: "azure_auth::session", event = "renewed", user = %user.loggable(), "a session was renewed");
    cell.application().events.renewed(user).await;
}

/// Lets the browser keep a ticket, in as many cookies as it takes.
fn keep(cell: &RequestCell, site: &Site, ticket: &str) -> usize {
    let pieces = cookies::pieces(site.names.session(), ticket);
    for (name, piece) in &pieces {
        cell.set_cookie(name, piece, site.names.is_secure, None);
    }
    pieces.len()
}

/// Deletes the pieces of an earlier ticket from the piece `first` on.
fn forget_pieces(cell: &RequestCell, request: &Request, site: &Site, first: usize) {
    for name in cookies::further_pieces(request_facts::cookie_headers(request), site.names.session(), first) {
        cell.delete_cookie(name, site.names.is_secure);
    }
}

/// A new session as the browser sends it back.
#[cfg(feature = "testing")]
pub(crate) async fn cookie_header(application: &Application, record: SessionRecord) -> Result<String, StoreError> {
    let (Some(store), Some(site)) = (&application.sessions, application.public_site()) else {
        return Err(StoreError::Unreachable);
    };
    let ticket = store.create(site.names.session(), record).await?;
    let pieces = cookies::pieces(site.names.session(), &ticket);
    Ok(pieces.iter().map(|(name, piece)| format!("{name}={piece}")).collect::<Vec<_>>().join("; "))
}
