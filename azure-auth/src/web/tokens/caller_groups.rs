//! The groups of a caller whose access token names none because there are too many: looked up at the first handler that asks.

use std::sync::Arc;
use std::time::Duration;

use super::acquisition::Holder;
use crate::io::clock;
use crate::io::tokens::groups::{GroupsProblem, PERMISSION};
use crate::model::callers::principal::{Evidence, Principal};
use crate::model::downstream::tokens_in_hand::TokensInHand;
use crate::rules::policy::admission::NotAdmitted;
use crate::web::request::context::RequestContext;

/// Groups gate access, and nobody tells when they change.
const KEPT_FOR: Duration = Duration::from_secs(600);

/// Whether a refusal is one that a look at Microsoft Graph may turn round.
pub(crate) fn may_help(context: &RequestContext<'_>, principal: &Principal, refusal: &NotAdmitted<'_>) -> bool {
    matches!(refusal, NotAdmitted::GroupsUnknown { .. })
        && context.application().configuration.asks_graph_for_groups
        // In a plain router nobody knows which are in question.
        && !context.findings.mounted.table.groups.ids().is_empty()
        && matches!(principal.evidence, Evidence::Bearer(_))
        && principal.groups.are_too_many()
}

/// Finds the groups of a principal, for this request and those that come within ten minutes.
pub(crate) async fn look_up(context: &RequestContext<'_>, principal: &Arc<Principal>) -> Result<(), GroupsProblem> {
    let application = context.application();
    let holder = Holder { application, principal, session: None };
    let (caller, token) = (holder.caller()?, holder.token(PERMISSION, &[]).await?);
    let found = application.tokens.groups_of_caller(&caller, &token, &context.findings.mounted.table.groups).await?;
    let known = Arc::new(Principal {
        party: principal.party.clone(),
        evidence: principal.evidence.clone(),
        client_id: principal.client_id.clone(),
        groups: found,
        ends_at: principal.ends_at,
        known_until: principal.known_until.min(clock::now() + KEPT_FOR),
        tokens: TokensInHand::like(&principal.tokens),
    });
    if let Some(assertion) = &known.tokens.assertion
        && let Some(snapshot) = application.provider.known_snapshot()
    {
        snapshot.accepted.insert(assertion.0.clone(), known.clone(), assertion.0.len() * 2);
    }
    // Nobody else looks for the same request meanwhile, or has found the same.
    let _ = context.findings.with_groups.set(known);
    Ok(())
}
