//! What Microsoft Graph is sent, in the order in which it takes it.

use azure_auth_policy::Guid;
use serde::Serialize;

use crate::model::registration::application::{
    Api, AppRole, ApplicationObject, CLIENT_ID, ExposedScope, GroupMembershipClaims, OptionalClaims,
    PreAuthorizedApplication, RedirectUris, RequiredResource, SignInAudience, Web,
};

/// An application without what has to wait. Members in the order of [`ApplicationObject`].
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Application<'a> {
    display_name: &'a str,
    sign_in_audience: SignInAudience,
    #[serde(skip_serializing_if = "Option::is_none")]
    identifier_uris: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    group_membership_claims: Option<GroupMembershipClaims>,
    web: &'a Web,
    #[serde(skip_serializing_if = "is_empty")]
    spa: &'a RedirectUris,
    #[serde(skip_serializing_if = "is_empty")]
    public_client: &'a RedirectUris,
    is_fallback_public_client: bool,
    api: ApiWithScopes<'a>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    app_roles: &'a [AppRole],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    required_resource_access: &'a [RequiredResource],
    optional_claims: &'a OptionalClaims,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ApiWithScopes<'a> {
    requested_access_token_version: u8,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    known_client_applications: &'a [Guid],
    #[serde(rename = "oauth2PermissionScopes", skip_serializing_if = "<[_]>::is_empty")]
    scopes: &'a [ExposedScope],
}

fn is_empty(addresses: &RedirectUris) -> bool {
    addresses.redirect_uris.is_empty()
}

/// What had to wait. Graph leaves the other members of `api` as they are.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Completion<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    identifier_uris: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    api: Option<ApiWithClients<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ApiWithClients<'a> {
    pre_authorized_applications: &'a [PreAuthorizedApplication],
}

/// The body that creates an application or brings it up to date. Identifier URIs that name the client id have to wait until
/// it is known, and clients that are pre-authorized until their scopes are there: Graph does not find a scope that comes
/// with the same request. Lists with nothing in them are left out: what an application that there is has of such a kind stays
/// as it is.
pub(crate) fn application(object: &ApplicationObject) -> String {
    let ApplicationObject {
        app_id: _,
        display_name,
        sign_in_audience,
        identifier_uris: _,
        group_membership_claims,
        web,
        spa,
        public_client,
        is_fallback_public_client,
        api: Api { requested_access_token_version, known_client_applications, scopes, pre_authorized_applications: _ },
        app_roles,
        required_resource_access,
        optional_claims,
    } = object;
    pretty(&Application {
        display_name,
        sign_in_audience: *sign_in_audience,
        identifier_uris: Some(identifier_uris(object)).filter(|uris| !waits_for_client_id(object) && !uris.is_empty()),
        group_membership_claims: *group_membership_claims,
        web,
        spa,
        public_client,
        is_fallback_public_client: *is_fallback_public_client,
        api: ApiWithScopes {
            requested_access_token_version: *requested_access_token_version,
            known_client_applications,
            scopes,
        },
        app_roles,
        required_resource_access,
        optional_claims,
    })
}

/// The body of the second request, if there is anything that had to wait. [`CLIENT_ID`] is in it where the id is unknown.
pub(crate) fn completion(object: &ApplicationObject) -> Option<String> {
    let waits = waits_for_client_id(object);
    let clients = &object.api.pre_authorized_applications;
    let api = (!clients.is_empty()).then_some(ApiWithClients { pre_authorized_applications: clients });
    let body = Completion { identifier_uris: waits.then(|| identifier_uris(object)), api };
    (body.identifier_uris.is_some() || body.api.is_some()).then(|| pretty(&body))
}

/// Whether identifier URIs can be said only of an application that exists.
pub(crate) fn waits_for_client_id(object: &ApplicationObject) -> bool {
    object.app_id.is_none() && object.identifier_uris.iter().any(|uri| uri.contains(CLIENT_ID))
}

/// With the client id where it is known.
pub(crate) fn identifier_uris(object: &ApplicationObject) -> Vec<String> {
    let known = object.app_id.map(|id| id.to_string());
    let expanded = |uri: &String| known.as_ref().map_or_else(|| uri.clone(), |id| uri.replace(CLIENT_ID, id));
    object.identifier_uris.iter().map(expanded).collect()
}

/// In several lines, none of which is a word alone: a line break in a text is an escape.
pub(crate) fn pretty(body: &impl Serialize) -> String {
    // The only values that have no JSON are maps with other keys than text.
    serde_json::to_string_pretty(body).unwrap_or_default()
}
