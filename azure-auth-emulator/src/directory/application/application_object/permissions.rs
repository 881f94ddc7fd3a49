//! The permissions that an application object exposes, and those that it asks for.

use super::member::Member;
use super::{APPLICATIONS, PEOPLE};
use crate::directory::application::details::PreAuthorized;
use crate::directory::application::{Application, ApplicationPermission, DelegatedPermission};
use crate::directory::resources::first_party::{FirstParty, PermissionKind};
use crate::directory::resources::graph_permission::openid_of_id;
use crate::faults::start_error::StartError;

/// What the real service issues unless a registration says otherwise.
pub(super) const VERSION_UNLESS_WRITTEN: u8 = 1;

/// What an API exposes to people.
pub(super) fn read_api(api: &Member<'_>, application: &mut Application) -> Result<(), StartError> {
    api.check_object(&[
        "acceptMappedClaims",
        "knownClientApplications",
        "oauth2PermissionScopes",
        "preAuthorizedApplications",
        "requestedAccessTokenVersion",
    ])?;
    application.access_token_version = match api.get("requestedAccessTokenVersion") {
        None => VERSION_UNLESS_WRITTEN,
        Some(version) => match version.number()? {
            1 => 1,
            2 => 2,
            _ => return Err(version.wrong("is neither 1 nor 2")),
        },
    };
    api.refuse_flag("acceptMappedClaims", "is true, but this emulator maps no claims")?;
    application.details.known_clients = api.texts_of("knownClientApplications")?;
    for scope in api.list_of("oauth2PermissionScopes")? {
        read_scope(&scope, application)?;
    }
    Ok(())
}

fn read_scope(scope: &Member<'_>, application: &mut Application) -> Result<(), StartError> {
    scope.check_object(&[
        "adminConsentDescription",
        "adminConsentDisplayName",
        "id",
        "isEnabled",
        "origin",
        "type",
        "userConsentDescription",
        "userConsentDisplayName",
        "value",
    ])?;
    let (id, value) = (scope.required_text("id")?, scope.required_text("value")?.to_owned());
    if scope.flag_of("isEnabled")? == Some(false) {
        return Ok(());
    }
    match scope.text_of("type")? {
        None | Some("User") => {}
        Some("Admin") => drop(application.details.scopes_of_administrators.insert(value.clone())),
        Some(_) => return Err(scope.wrong("has another `type` than User and Admin")),
    }
    application.details.ids.insert(value.clone(), id.to_owned());
    application.scopes.push(value);
    Ok(())
}

/// Roles of people and of applications. One without a value is in no token.
pub(super) fn read_roles(object: &Member<'_>, application: &mut Application) -> Result<(), StartError> {
    for role in object.list_of("appRoles")? {
        role.check_object(&["allowedMemberTypes", "description", "displayName", "id", "isEnabled", "origin", "value"])?;
        let (id, value) = (role.required_text("id")?, role.text_of("value")?);
        let is_enabled = role.flag_of("isEnabled")? != Some(false);
        let Some(value) = value.filter(|_| is_enabled) else { continue };
        if application.scopes.iter().any(|scope| scope == value) {
            return Err(role.wrong(&format!("has the value {value:?}, which is a scope as well")));
        }
        application.details.ids.insert(value.to_owned(), id.to_owned());
        for of in role.texts_of("allowedMemberTypes")? {
            match of.as_str() {
                PEOPLE => application.app_roles.push(value.to_owned()),
                APPLICATIONS => application.app_roles_for_applications.push(value.to_owned()),
                _ => return Err(role.wrong("has another entry in `allowedMemberTypes` than User and Application")),
            }
        }
    }
    Ok(())
}

/// Clients that need no consent, with the scopes of this API that they may use. Older manifests have another name for those.
pub(super) fn read_pre_authorized(object: &Member<'_>, application: &mut Application) -> Result<(), StartError> {
    let Some(api) = object.get("api") else { return Ok(()) };
    for trusted in api.list_of("preAuthorizedApplications")? {
        trusted.check_object(&["appId", "delegatedPermissionIds", "permissionIds"])?;
        let client_id = trusted.required_text("appId")?.to_owned();
        let mut scopes = Vec::new();
        let older = trusted.list_of("permissionIds")?;
        for id in trusted.list_of("delegatedPermissionIds")?.into_iter().chain(older) {
            let scope = application.permission_of_id(id.text()?);
            scopes.push(
                scope.ok_or_else(|| id.wrong("is not the id of an enabled scope of this application"))?.to_owned(),
            );
        }
        application.details.pre_authorized.push(PreAuthorized { client_id, scopes });
    }
    Ok(())
}

/// Permissions of other APIs. Those of Microsoft have ids that everybody knows; those of other applications are looked up
/// when all of them are there.
pub(super) fn read_required(object: &Member<'_>, application: &mut Application) -> Result<(), StartError> {
    for required in object.list_of("requiredResourceAccess")? {
        required.check_object(&["resourceAccess", "resourceAppId"])?;
        let resource = required.required_text("resourceAppId")?;
        for access in required.list_of("resourceAccess")? {
            access.check_object(&["id", "type"])?;
            read_access(resource, &access, application)?;
        }
    }
    Ok(())
}

fn read_access(resource: &str, access: &Member<'_>, application: &mut Application) -> Result<(), StartError> {
    let id = access.required_text("id")?;
    let kind = PermissionKind::named(access.required_text("type")?);
    let kind = kind.ok_or_else(|| access.wrong("has another `type` than Scope and Role"))?;
    let api = FirstParty::named(resource);
    if let Some(scope) = openid_of_id(id).filter(|_| api == Some(FirstParty::Graph)) {
        application.details.openid_scopes.push(scope.to_owned());
        return Ok(());
    }
    let (resource, value) = match api {
        None => (resource.to_owned(), id.to_owned()),
        Some(api) => {
            let name = api.permission_of_id(id, kind);
            let name = name.ok_or_else(|| access.wrong(&format!("is not a permission that {} has", api.name())))?;
            (api.uri().to_owned(), name.to_owned())
        }
    };
    match kind {
        PermissionKind::Scope => {
            application.delegated_permissions.push(DelegatedPermission { resource, scope: value, is_consented: false });
        }
        PermissionKind::Role => application.permissions.push(ApplicationPermission { resource, role: value }),
    }
    Ok(())
}
