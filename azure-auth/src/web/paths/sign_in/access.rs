//! What a sign-in asks for at other APIs, and what it brings: kept beside the session that it became.

use secrecy::SecretString;

use crate::io::clock;
use crate::io::sessions::store::{StoreError, StoreOutcome};
use crate::io::tokens::kept_session::{Access, KeptSession};
use crate::model::downstream::need::Need;
use crate::model::sessions::asked_access::{AskedAccess, AskedApi};
use crate::model::sessions::session::SessionRecord;
use crate::rules::downstream::scopes::{self, ResourceScopes};
use crate::rules::downstream::token_answer::GrantedTokens;
use crate::rules::session::cookies::CookiePlacement;
use crate::web::application::site::Site;
use crate::web::application::state::Application;
use crate::web::paths::sign_in_failure::SignInError;
use crate::web::request::context::RequestContext;
use crate::web::request::session;

/// What a code was redeemed for beside the ID token.
#[derive(Debug, Default)]
pub(crate) struct BroughtTokens {
    pub(crate) refresh_token: Option<SecretString>,
    /// For the first API that was asked for.
    pub(crate) granted: Option<GrantedTokens>,
}

/// What these needs come to for a person, by API. Nothing where no tokens can be kept.
pub(crate) fn demanded(application: &Application, needs: &[Need]) -> Vec<ResourceScopes> {
    let demanded: Vec<Need> = needs.iter().filter(|need| !need.demanded().is_empty()).copied().collect();
    if demanded.is_empty() || !application.keeps_tokens() {
        return Vec::new();
    }
    scopes::by_resource(&demanded, &application.graph())
}

/// The same for a sign-in that begins.
pub(crate) fn of_needs(application: &Application, needs: &[Need]) -> Option<AskedAccess> {
    let apis: Vec<AskedApi> = demanded(application, needs).into_iter().map(asked).collect();
    (!apis.is_empty()).then_some(AskedAccess { apis, is_challenged: false })
}

/// The same as it travels with a sign-in.
pub(crate) fn asked(scopes: ResourceScopes) -> AskedApi {
    AskedApi { names: scopes.names.iter().map(ToString::to_string).collect(), uri: scopes.uri }
}

/// Keeps what a sign-in brought, and that the person was asked.
pub(crate) async fn keep(
    session: &KeptSession,
    brought: BroughtTokens,
    access: Option<&AskedAccess>,
) -> Result<(), SignInError> {
    let BroughtTokens { refresh_token, granted } = brought;
    // Whatever somebody else writes meanwhile is older: this person was just at the provider.
    for _ in 0..ATTEMPTS {
        let before = session.access().await?;
        let mut now = before.value;
        if let Some(access) = access {
            now.visits.note(access, clock::now());
        }
        let refresh_token = refresh_token.clone().or(now.refresh_token);
        match session.keep_access(before.version, &Access { refresh_token, ..now }).await? {
            StoreOutcome::Changed => {}
            _ => break,
        }
    }
    if let (Some(granted), Some(api)) = (granted, access.and_then(|access| access.apis.first())) {
        for _ in 0..ATTEMPTS {
            let before = session.token(&api.uri).await?;
            match session.keep_token(&api.uri, before.version, &granted.token).await? {
                StoreOutcome::Changed => {}
                _ => break,
            }
        }
    }
    Ok(())
}

/// Against whoever writes at the same moment.
const ATTEMPTS: usize = 5;

/// The session as its tokens are found by; none where nothing is kept beside it.
pub(crate) async fn kept_session(
    application: &Application,
    name: &str,
    ticket: &str,
) -> Result<Option<KeptSession>, StoreError> {
    let Some(store) = application.sessions.as_ref().filter(|store| store.keeps_beside()) else { return Ok(None) };
    let stored = store.load(name, ticket).await?.ok();
    let (name, ticket) = (name.to_owned(), ticket.to_owned());
    Ok(stored.map(|stored| KeptSession { store: store.clone(), name, ticket, stored }))
}

/// The person who is signed in was asked for more, and came back: their session goes on, with what the provider says of them
/// now. None where it is another person, or another session at the provider: then that is a sign-in of its own.
pub(crate) async fn go_on(
    context: &RequestContext<'_>,
    site: &Site,
    record: &SessionRecord,
) -> Result<Option<KeptSession>, StoreError> {
    let (Some(store), Some(before)) = (&context.application().sessions, session::of_cookie(context).await?) else {
        return Ok(None);
    };
    let known = &before.stored.record;
    let is_same = before.placement == CookiePlacement::FirstParty
        && before.site.names == site.names
        && known.identity.id == record.identity.id
        && known.provider_session == record.provider_session;
    if !is_same {
        return Ok(None);
    }
    let renewed = SessionRecord {
        identity: record.identity.clone(),
        groups: record.groups.clone(),
        data: record.data.clone().or_else(|| known.data.clone()),
        last_seen: record.last_seen,
        ..known.clone()
    };
    let (name, ticket) = (before.cookie_name(), before.ticket.as_str());
    match store.replace(name, ticket, &before.stored, renewed).await? {
        StoreOutcome::InPlace => kept_session(context.application(), name, ticket).await,
        // Somebody else changed it meanwhile, or it ended: a new one is as good.
        StoreOutcome::Reissued(_) | StoreOutcome::Changed | StoreOutcome::Gone => Ok(None),
    }
}
