//! From a principal to a token for another API: the one in hand, or one that is got for whoever waits.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use crate::io::clock;
use crate::io::tokens::kept_session::KeptSession;
use crate::io::tokens::on_behalf_of::Caller;
use crate::io::tokens::source::{TokenOutcome, WantedToken};
use crate::io::tokens::token_problem::{NotKept, TokenProblem};
use crate::model::callers::principal::{Evidence, Party, Principal};
use crate::model::downstream::need::Need;
use crate::model::downstream::permission::{Permission, ResourceName};
use crate::model::downstream::tokens_in_hand::TokenInHand;
use crate::model::unix_time::UnixTime;
use crate::rules::downstream::renewal::{self, Standing};
use crate::rules::downstream::scopes;
use crate::rules::session::session_lifetime::{self, SessionState};
use crate::web::application::opened_session::OpenedSession;
use crate::web::application::state::Application;
use crate::web::request::context::RequestContext;
use crate::web::request::findings::TakenTokens;

/// Whom a token is for, and how they came.
#[derive(Clone, Copy)]
pub(crate) struct Holder<'a> {
    pub(crate) application: &'a Application,
    pub(crate) principal: &'a Arc<Principal>,
    pub(crate) session: Option<&'a Arc<OpenedSession>>,
}

/// A token in hand that serves, and what else is to be done about it.
fn in_hand(principal: &Principal, permissions: &[Permission], now: UnixTime) -> Option<Arc<TokenInHand>> {
    let token = principal.tokens.find(permissions.first()?.resource)?;
    let serves = renewal::judge(&token.held, now) != Standing::Over && scopes::covers(&token.held.granted, permissions);
    serves.then_some(token)
}

/// Whether everything that a handler needs is in hand and lasts for a while: then nobody waits, and its arguments have it.
pub(crate) fn take_in_hand(context: &RequestContext<'_>, needs: &'static [Need], principal: &Arc<Principal>) -> bool {
    let now = clock::now();
    let (mut first, mut others) = (None, Vec::new());
    for need in needs {
        let (permissions, found) = match need {
            Need::Nothing | Need::Person { is_optional: true, .. } => continue,
            Need::Person { permissions, .. } => (*permissions, in_hand(principal, permissions, now)),
            Need::Application(_) => return false,
        };
        match found.filter(|token| now.0 < token.renew_from.load(Ordering::Relaxed)) {
            Some(token) if first.is_none() => first = Some((token, permissions)),
            Some(token) => others.push(token),
            None => return false,
        }
    }
    if let Some(first) = first {
        // Where several requests are sent on in place of one, each of them has what it needs.
        let _ = context.findings.taken.set(TakenTokens { principal: principal.clone(), first, others });
    }
    true
}

impl Holder<'_> {
    /// A token with these permissions, all of one API. `together`: what else the handler needs, so that one question brings all
    /// of it.
    pub(crate) async fn token(&self, permissions: &'static [Permission], together: &'static [Need]) -> TokenOutcome {
        let now = clock::now();
        let Some(token) = in_hand(self.principal, permissions, now) else {
            // Boxed, for every request would carry room for what few of them need.
            return Box::pin(self.get(permissions, together)).await;
        };
        if now.0 >= token.renew_from.load(Ordering::Relaxed) {
            self.renew_behind(&token, permissions);
        }
        Ok(token)
    }

    /// Whether what proved the person still does: whoever keeps a principal may outlive the request that it came with.
    pub(crate) async fn check_standing(&self) -> Result<(), TokenProblem> {
        let now = clock::now();
        match &self.principal.evidence {
            Evidence::Bearer(_) if now < self.principal.ends_at => Ok(()),
            Evidence::Bearer(_) => Err(TokenProblem::AssertionOver { error: None }),
            Evidence::Session => {
                let (Some(session), Some(store)) = (self.session, &self.application.sessions) else {
                    return Err(TokenProblem::SessionOver);
                };
                if store.is_current(&session.stored) && session.is_live(now) {
                    return Ok(());
                }
                // It may have been seen again since, or changed.
                let stored = store.load(session.cookie_name(), &session.ticket).await?;
                let lives = |judged| judged != SessionState::Over;
                match stored {
                    Ok(stored) if lives(session_lifetime::judge(&stored.record, now)) => Ok(()),
                    _ => Err(TokenProblem::SessionOver),
                }
            }
        }
    }

    async fn get(&self, permissions: &'static [Permission], together: &'static [Need]) -> TokenOutcome {
        let resource = permissions.first().map_or(ResourceName::Graph, |first| first.resource);
        #[cfg(feature = "testing")]
        if let Party::User(identity) = &self.principal.party
            && let Some(given) = self.application.tokens.given(&identity.id, permissions)
        {
            return given.inspect(|token| self.principal.tokens.put(token));
        }
        let of_resource = |need: &&'static Need| need.resource() == Some(resource);
        let others = together.iter().filter(of_resource).flat_map(Need::demanded);
        let Some(wanted) = WantedToken::of(permissions.iter().chain(others)) else {
            return Err(TokenProblem::ConsentRequired { scopes: Vec::new(), error: None });
        };
        let source = &self.application.tokens;
        let token = match self.way()? {
            Way::Session(session) => source.of_session(&session, &wanted).await?,
            Way::Caller(caller) => {
                let before = self.principal.tokens.find(resource);
                source.on_behalf_of(caller, &wanted, before.as_ref()).await?
            }
        };
        self.principal.tokens.put(&token);
        Ok(token)
    }

    /// One of all who notice renews a token that still serves.
    #[cold]
    fn renew_behind(&self, token: &Arc<TokenInHand>, permissions: &'static [Permission]) {
        let now = clock::now();
        if !token.begins_renewal(now, renewal::after_failure(now, None)) {
            return;
        }
        let (Ok(way), Some(wanted)) = (self.way(), WantedToken::of(permissions)) else { return };
        let (principal, before) = (self.principal.clone(), token.clone());
        let then = move |outcome: TokenOutcome| match outcome {
            Ok(token) => principal.tokens.put(&token),
            // It serves to its end. When to try again the provider may know better.
            Err(problem) => before.put_off(renewal::after_failure(clock::now(), problem.retry_after())),
        };
        match way {
            Way::Session(session) => self.application.tokens.renew_behind(*session, wanted, token.clone(), then),
            Way::Caller(caller) => self.application.tokens.exchange_behind(caller, wanted, token.clone(), then),
        }
    }

    /// How tokens come to this principal.
    fn way(&self) -> Result<Way, TokenProblem> {
        if matches!(self.principal.party, Party::Application(_)) {
            return Err(TokenProblem::NoPerson);
        }
        match (&self.principal.evidence, self.session) {
            (Evidence::Session, Some(session)) => self.kept_session(session).map(Box::new).map(Way::Session),
            (Evidence::Session, None) => Err(TokenProblem::SessionOver),
            (Evidence::Bearer(_), _) => self.caller().map(Way::Caller),
        }
    }

    /// The session, where tokens can be kept beside it.
    pub(crate) fn kept_session(&self, session: &OpenedSession) -> Result<KeptSession, TokenProblem> {
        let store = self.application.sessions.as_ref().filter(|store| store.keeps_beside());
        let store = store.ok_or(TokenProblem::NotKept(NotKept::Cookies))?;
        Ok(KeptSession {
            store: store.clone(),
            name: session.cookie_name().to_owned(),
            ticket: session.ticket.clone(),
            stored: session.stored.clone(),
        })
    }

    /// The caller's access token, for whatever is done on their behalf.
    pub(crate) fn caller(&self) -> Result<Caller, TokenProblem> {
        let tenant = self.principal.tenant().ok_or(TokenProblem::NotKept(NotKept::NotEntra))?;
        let assertion = self.principal.tokens.assertion.clone().ok_or(TokenProblem::AssertionOver { error: None })?;
        Ok(Caller { assertion, tenant, ends_at: self.principal.ends_at })
    }
}

/// How tokens come to a principal.
enum Way {
    Session(Box<KeptSession>),
    Caller(Caller),
}
