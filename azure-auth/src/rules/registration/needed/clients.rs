//! Programs that call this one, as far as their registrations were given.

use azure_auth_policy::Guid;

use super::exposed::Exposed;
use crate::model::registration::application::{PermissionKind, PreAuthorizedApplication};
use crate::rules::registration::found::FoundApplication;
use crate::rules::registration::program::Program;

/// Whose consent is asked for together with that of this program, and who needs none, by client id.
pub(super) fn clients(
    program: &Program<'_>,
    exposed: &Exposed,
    open_points: &mut Vec<String>,
) -> (Vec<Guid>, Vec<PreAuthorizedApplication>) {
    let Some(own) = program.client_id else {
        if !program.beside.is_empty() {
            open_points.push(
                "clients name this program by its client id, which there is not yet; register it, set AZURE_CLIENT_ID, and run \
                 this again"
                    .to_owned(),
            );
        }
        return (Vec::new(), Vec::new());
    };
    let asks_for_us = |client: &&FoundApplication| client.required.iter().any(|access| access.api == own);
    let others = program.beside.iter().filter(|client| client.app_id != Some(own)).filter(asks_for_us);
    let mut clients: Vec<(Guid, &FoundApplication)> =
        others.filter_map(|client| Some((client.app_id?, client))).collect();
    clients.sort_by_key(|(id, _)| *id);
    clients.dedup_by_key(|(id, _)| *id);
    let mut authorized = Vec::new();
    for (app_id, client) in &clients {
        let delegated_permission_ids = asked_scopes(program, (own, *app_id), client, exposed, open_points);
        if !delegated_permission_ids.is_empty() {
            authorized.push(PreAuthorizedApplication { app_id: *app_id, delegated_permission_ids });
        }
    }
    (clients.into_iter().map(|(id, _)| id).collect(), authorized)
}

/// The scopes of this program that a client asks for, in the order in which they are exposed.
fn asked_scopes(
    program: &Program<'_>,
    (own, client_id): (Guid, Guid),
    client: &FoundApplication,
    exposed: &Exposed,
    open_points: &mut Vec<String>,
) -> Vec<Guid> {
    // This program's own registration among those that were given has the ids that clients know.
    let registered = program.beside.iter().find(|other| other.app_id == Some(own));
    let mut found = Vec::new();
    let asked = client.required.iter().filter(|access| access.api == own && access.kind == PermissionKind::Scope);
    for access in asked {
        let name = registered.and_then(|registered| registered.name_of_scope(access.id));
        let known = exposed.scopes.iter().find(|scope| scope.id == access.id || Some(scope.value.as_str()) == name);
        match known {
            Some(scope) => found.push(scope.id),
            None => open_points.push(format!(
                "the client {client_id} asks for the scope {} of this program, which exposes none with that id; correct its \
                 permissions, or give the registration of this program with `--auth-registration-beside=<file>` as well",
                access.id
            )),
        }
    }
    let place = |id: &Guid| exposed.scopes.iter().position(|scope| scope.id == *id);
    found.sort_by_key(place);
    found.dedup();
    found
}
