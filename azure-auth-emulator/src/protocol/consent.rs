//! Whether a person agrees to what an application asks for: what they agreed to once is not asked again.

use poem::Response;

use crate::directory::application::Application;
use crate::directory::authority::Authority;
use crate::directory::resources::resource::Resource;
use crate::directory::resources::scopes::{Permissions, Scopes};
use crate::exchange::call::Call;
use crate::exchange::pages::{self, ADMINISTRATOR};
use crate::faults::entra_error::EntraError;
use crate::memory::consents::Asking;
use crate::memory::state::State;

/// The page that has to be answered before the application gets a code; none if nothing is new, or the person pressed its
/// button just now, which is remembered.
pub(crate) fn decide(
    state: &State,
    authority: &Authority,
    asking: Asking<'_>,
    prompt: &str,
    call: &Call,
) -> Result<Option<Response>, EntraError> {
    let asked = asked(state, authority, asking, call)?;
    // People use an application and its own API as one thing.
    let (own, asked): (Vec<_>, Vec<_>) =
        asked.into_iter().partition(|asked| asked.resource.id() == asking.client.client_id);
    let new: Vec<Permissions<'_>> = asked.iter().filter_map(|asked| new_part(state, asking, asked)).collect();
    let is_agreed = new.is_empty() && prompt != "consent";
    if !is_agreed && prompt == "none" {
        return Err(EntraError::new("interaction_required", 65001, NOT_CONSENTED));
    }
    let behind = behind(state, asking.client, &new);
    let shown = || new.iter().chain(behind.iter().map(|(_, asked)| asked));
    let of_administrators = words(shown().filter_map(of_administrators));
    if !of_administrators.is_empty() && !asking.user.administers(asking.tenant) {
        return Ok(Some(pages::needs_administrator(asking.client, asking.user, &of_administrators, call)));
    }
    if !is_agreed && call.pressed("consent").is_none() {
        let shown = if prompt == "consent" { asked_words(call) } else { words(shown().cloned()) };
        return Ok(Some(pages::consent(asking.client, asking.user, &shown, call)));
    }
    for agreed in own.iter().chain(&new) {
        state.consents.give(asking.tenant, Some(asking.user), asking.client, agreed);
    }
    for (api, agreed) in &behind {
        state.consents.give(asking.tenant, Some(asking.user), api, agreed);
    }
    Ok(None)
}

/// What APIs that know a client ask for themselves: who agrees to the client's use of them agrees to that as well, for they
/// have no page on which to ask.
pub(super) fn behind<'s>(
    state: &'s State,
    client: &Application,
    asked: &[Permissions<'s>],
) -> Vec<(&'s Application, Permissions<'s>)> {
    let knows = |asked: &Permissions<'s>| match asked.resource {
        Resource::Api(api) if api.details.known_clients.contains(&client.client_id) => Some(api),
        _ => None,
    };
    let listed = |api: &'s Application| {
        let parsed = api.delegated_permissions.iter().filter_map(|listed| listed.parse(&state.directory).ok());
        parsed.map(move |permissions| (api, permissions))
    };
    asked.iter().filter_map(knows).flat_map(listed).collect()
}

/// What the button says that a person pressed instead of agreeing.
pub(crate) fn declined(button: &str) -> EntraError {
    if button == ADMINISTRATOR {
        let text = "An administrator must agree to permissions that the application asks for.";
        return EntraError::new("access_denied", 90094, text);
    }
    EntraError::new("access_denied", 65004, "User declined to consent to access the app.")
}

const NOT_CONSENTED: &str = "The user or administrator has not consented to use the application. Send an interactive authorization request for this user and resource.";

/// The permissions that a request names. The ordinary provider has none, and scopes of OpenID Connect need no consent here.
fn asked<'s>(
    state: &'s State,
    authority: &Authority,
    asking: Asking<'_>,
    call: &Call,
) -> Result<Vec<Permissions<'s>>, EntraError> {
    let text = match authority {
        Authority::Plain => "",
        _ => call.parameter("scope").unwrap_or_default(),
    };
    let asked = Scopes::parse(text, &state.directory)?.permissions;
    let expand = |asked: Permissions<'s>| {
        let agreed = state.consents.agreed(asking, asked.resource);
        let expanded = asked.expanded(asking.client, &agreed, &state.directory);
        // Signing in alone is something at Microsoft Graph.
        let is_nothing = expanded.values.is_empty() && expanded.resource != Resource::GRAPH;
        if is_nothing { Err(not_listed(asking, &expanded)) } else { Ok(expanded) }
    };
    asked.into_iter().map(expand).collect()
}

/// `.default` of an API for which there is nothing to agree to.
fn not_listed(asking: Asking<'_>, asked: &Permissions<'_>) -> EntraError {
    let text = format!(
        "Invalid resource. The client has requested access to a resource which is not listed in the requested permissions in the client's application registration. Client app ID: {}. Resource value from request: {}. Name a scope of it, or list one in the registration.",
        asking.client.client_id,
        asked.audience()
    );
    EntraError::new("invalid_resource", 650_057, text)
}

/// The part that was not agreed to before.
fn new_part<'s>(state: &State, asking: Asking<'_>, asked: &Permissions<'s>) -> Option<Permissions<'s>> {
    let agreed = state.consents.agreed(asking, asked.resource);
    let values: Vec<String> = asked.values.iter().filter(|value| !agreed.contains(value)).cloned().collect();
    (!values.is_empty()).then(|| Permissions { values, is_default: false, ..asked.clone() })
}

/// All that a request names, as it is written there.
fn asked_words(call: &Call) -> Vec<String> {
    call.parameter("scope").unwrap_or_default().split_whitespace().map(ToOwned::to_owned).collect()
}

/// The part that only an administrator can agree to.
fn of_administrators<'s>(asked: &Permissions<'s>) -> Option<Permissions<'s>> {
    let values: Vec<String> =
        asked.values.iter().filter(|value| asked.resource.needs_administrator(value)).cloned().collect();
    (!values.is_empty()).then(|| Permissions { values, ..asked.clone() })
}

/// `Microsoft Graph: Mail.Read`, for a person to read.
fn words<'s>(asked: impl Iterator<Item = Permissions<'s>>) -> Vec<String> {
    let of_api = |asked: Permissions<'s>| {
        let api = asked.resource.name();
        asked.values.into_iter().map(move |value| format!("{api}: {value}"))
    };
    asked.flat_map(of_api).collect()
}
