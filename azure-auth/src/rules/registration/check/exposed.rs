//! Scopes, app roles and clients of a registration. Values count; which ids they have does not.

use azure_auth_policy::Guid;

use super::drift::{Drift, below};
use super::{ids, word};
use crate::model::registration::application::{AppRole, ApplicationObject, ExposedScope, MemberType};
use crate::rules::registration::found::{FoundApplication, FoundClient, FoundRole};

const SCOPES: &str = "/api/oauth2PermissionScopes";
const ROLES: &str = "/appRoles";
const AUTHORIZED: &str = "/api/preAuthorizedApplications";
const KNOWN: &str = "/api/knownClientApplications";

pub(super) fn scopes(wanted: &ApplicationObject, found: &FoundApplication) -> Vec<Drift> {
    let mut drifts = Vec::new();
    for scope in &wanted.api.scopes {
        let place = below(SCOPES, &scope.value);
        let Some(known) = found.scopes.iter().find(|known| known.value == scope.value) else {
            let remedy = "add it on page \"Expose an API\", enabled";
            drifts.push(Drift::missing(&place, &scope.value, remedy));
            continue;
        };
        drifts.extend(other_id(&place, known.id, scope.id));
        if known.is_for_administrators {
            let remedy = "choose \"Admins and users\" on page \"Expose an API\" if people may agree for themselves";
            drifts.push(Drift::different(&below(&place, "type"), ("Admin", "User"), remedy).notice());
        }
        drifts.extend(other_texts(&place, &scope.value, &known.texts, &texts_of_scope(scope)));
    }
    let is_wanted = |value: &str| wanted.api.scopes.iter().any(|scope| scope.value == value);
    let superfluous = found.scopes.iter().map(|scope| &scope.value).filter(|value| !is_wanted(value));
    drifts.extend(superfluous.map(|value| {
        let remedy = "disable and delete it on page \"Expose an API\", or declare it in `app!`: no row asks for it";
        Drift::superfluous(&below(SCOPES, value), value, remedy)
    }));
    drifts
}

pub(super) fn roles(wanted: &ApplicationObject, found: &FoundApplication) -> Vec<Drift> {
    let mut drifts = Vec::new();
    for role in &wanted.app_roles {
        let place = below(ROLES, &role.value);
        let Some(known) = found.roles.iter().find(|known| known.value == role.value) else {
            drifts.push(Drift::missing(&place, &role.value, "add it on page \"App roles\", enabled"));
            continue;
        };
        drifts.extend(other_id(&place, known.id, role.id));
        drifts.extend(member_types(&place, role, known));
        let texts = [&role.display_name, &role.description];
        drifts.extend(other_texts(&place, &role.value, &known.texts, &texts));
    }
    let is_wanted = |value: &str| wanted.app_roles.iter().any(|role| role.value == value);
    let superfluous = found.roles.iter().map(|role| &role.value).filter(|value| !is_wanted(value));
    drifts.extend(superfluous.map(|value| {
        let remedy = "disable and delete it on page \"App roles\", or declare it in `app!`: no row asks for it";
        Drift::superfluous(&below(ROLES, value), value, remedy)
    }));
    drifts
}

fn texts_of_scope(scope: &ExposedScope) -> [&String; 4] {
    [
        &scope.admin_consent_display_name,
        &scope.admin_consent_description,
        &scope.user_consent_display_name,
        &scope.user_consent_description,
    ]
}

/// Tokens name values.
fn other_id(place: &str, found: Option<Guid>, expected: Guid) -> Option<Drift> {
    let found = found.filter(|found| *found != expected)?;
    let remedy =
        "leave it: an id cannot be changed, and clients know this one; what is printed here has another one for it";
    Some(Drift::different(&below(place, "id"), (&found.to_string(), &expected.to_string()), remedy).notice())
}

/// Without a description in the vocabulary anybody's words are better.
fn other_texts(place: &str, value: &str, found: &[(&'static str, String)], expected: &[&String]) -> Vec<Drift> {
    let both = found.iter().zip(expected);
    let differing = both.filter(|((_, found), expected)| found != **expected && expected.as_str() != value);
    differing
        .map(|((name, found), expected)| {
            let remedy = "write one of the two in place of the other: here it is the description in `app!`";
            Drift::different(&below(place, name), (found, expected), remedy).notice()
        })
        .collect()
}

fn member_types(place: &str, wanted: &AppRole, found: &FoundRole) -> Option<Drift> {
    let mut expected = wanted.allowed_member_types.clone();
    expected.sort_unstable();
    let words = |types: &[MemberType]| types.iter().map(word).collect::<Vec<_>>().join(", ");
    (expected != found.member_types).then(|| {
        Drift::different(
            &below(place, "allowedMemberTypes"),
            (&words(&found.member_types), &words(&expected)),
            "choose the \"Allowed member types\" on page \"App roles\": `roles` asks people, `application_roles` asks applications",
        )
    })
}

/// Clients are known here only by the registrations that were given beside this one, so that more of them are a notice.
pub(super) fn clients(wanted: &ApplicationObject, found: &FoundApplication) -> Vec<Drift> {
    let known = &wanted.api.known_client_applications;
    let mut drifts: Vec<Drift> = Vec::new();
    for client in known.iter().filter(|client| !found.known_clients.contains(client)) {
        let remedy = "add it to `knownClientApplications` in the manifest";
        drifts.push(Drift::missing(&below(KNOWN, &client.to_string()), &client.to_string(), remedy));
    }
    for client in found.known_clients.iter().filter(|client| !known.contains(client)) {
        let remedy = "remove it, or give its registration with `--auth-registration-beside=<file>`";
        drifts.push(Drift::superfluous(&below(KNOWN, &client.to_string()), &client.to_string(), remedy).notice());
    }
    drifts.extend(authorized(wanted, found));
    drifts
}

fn authorized(wanted: &ApplicationObject, found: &FoundApplication) -> Vec<Drift> {
    let mut drifts = Vec::new();
    for client in &wanted.api.pre_authorized_applications {
        let place = below(AUTHORIZED, &client.app_id.to_string());
        let known = found.pre_authorized.iter().find(|known| known.app_id == client.app_id);
        let granted = known.map(|known| names_in(found, known)).unwrap_or_default();
        let asked: Vec<String> = client.delegated_permission_ids.iter().map(|id| name_of(wanted, *id)).collect();
        for name in asked.iter().filter(|name| !granted.contains(name)) {
            let remedy = "add it under \"Authorized client applications\" on page \"Expose an API\"";
            drifts.push(Drift::missing(&below(&place, name), name, remedy));
        }
        for name in granted.iter().filter(|name| !asked.contains(name)) {
            let remedy = "remove it under \"Authorized client applications\" on page \"Expose an API\": the client's registration \
                          does not ask for it";
            drifts.push(Drift::superfluous(&below(&place, name), name, remedy));
        }
    }
    let is_wanted = |client: &&FoundClient| {
        wanted.api.pre_authorized_applications.iter().any(|known| known.app_id == client.app_id)
    };
    for client in found.pre_authorized.iter().filter(|client| !is_wanted(client)) {
        let remedy = "remove it, or give its registration with `--auth-registration-beside=<file>`: nobody is asked before this \
                      client gets tokens";
        let place = below(AUTHORIZED, &client.app_id.to_string());
        drifts.push(Drift::superfluous(&place, &ids(&client.scope_ids), remedy).notice());
    }
    drifts
}

fn name_of(wanted: &ApplicationObject, id: Guid) -> String {
    let scope = wanted.api.scopes.iter().find(|scope| scope.id == id);
    scope.map_or_else(|| id.to_string(), |scope| scope.value.clone())
}

/// The scopes of a client by value, where that is known.
fn names_in(found: &FoundApplication, client: &FoundClient) -> Vec<String> {
    let name = |id: &Guid| found.name_of_scope(*id).map_or_else(|| id.to_string(), str::to_owned);
    client.scope_ids.iter().map(name).collect()
}
