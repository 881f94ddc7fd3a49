//! Every member of the object, read and written again.

use serde_json::{Value, json};

use crate::directory::application::Application;
use crate::directory::platform::Platform;
use crate::directory::resources::resource::Resource;
use crate::directory::seed::Directory;

pub(super) const READ: &str = "0e4c1d1f-0000-4000-8000-000000000001";
pub(super) const ADMIN: &str = "0e4c1d1f-0000-4000-8000-000000000002";
const ALL: &str = "0e4c1d1f-0000-4000-8000-000000000003";
pub(super) const CLIENT: &str = "11111111-aaaa-4bbb-8ccc-222222222222";
pub(super) const GRAPH: &str = "00000003-0000-0000-c000-000000000000";

/// An object with these members beside its name.
pub(super) fn object(members: &Value) -> Value {
    let mut object = json!({"displayName": "contoso-tasks"});
    object.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
    object
}

fn read(members: &Value) -> Application {
    Application::from_registration(&object(members)).unwrap_or_else(|error| panic!("{members}: {error}"))
}

pub(super) fn scope(value: &str, kind: &str, is_enabled: bool) -> Value {
    json!({
        "id": READ, "value": value, "type": kind, "isEnabled": is_enabled, "adminConsentDisplayName": "Read tasks",
        "adminConsentDescription": "Allows the app to read tasks.", "userConsentDisplayName": "Read your tasks",
        "userConsentDescription": "Allows the app to read your tasks.",
    })
}

pub(super) fn role(id: &str, value: &str, members: &[&str]) -> Value {
    json!({
        "id": id, "value": value, "displayName": value, "description": value, "allowedMemberTypes": members,
        "isEnabled": true,
    })
}

pub(super) fn claim(name: &str, properties: &[&str]) -> Value {
    json!({"name": name, "source": null, "essential": false, "additionalProperties": properties})
}

pub(super) fn required(resource: &str, id: &str, kind: &str) -> Value {
    json!({"requiredResourceAccess": [{"resourceAppId": resource, "resourceAccess": [{"id": id, "type": kind}]}]})
}

/// What an application needs no consent for, and what it is given for people and for itself.
fn listed(application: &Application) -> Value {
    let people = application.delegated_permissions.iter().map(|one| format!("{} {}", one.resource, one.scope));
    let itself = application.permissions.iter().map(|one| format!("{} {}", one.resource, one.role));
    json!([people.collect::<Vec<_>>(), itself.collect::<Vec<_>>(), application.details.openid_scopes])
}

/// What is written, what it comes to, and how that is seen.
type Row = (Value, fn(&Application) -> Value, Value);

fn members() -> Vec<Row> {
    [of_the_client(), of_the_api(), of_both()].concat()
}

fn of_the_client() -> Vec<Row> {
    vec![
        (json!({}), |it| json!(it.name()), json!("contoso-tasks")),
        (json!({}), |it| json!(it.application_id() == Application::new(it.name()).client_id), json!(true)),
        (json!({"appId": CLIENT}), |it| json!(it.application_id()), json!(CLIENT)),
        (json!({"appId": CLIENT}), |it| json!(it.client_secret().starts_with("emulator-secret-")), json!(true)),
        (json!({"signInAudience": "AzureADMyOrg"}), |it| json!(it.uri().starts_with("api://")), json!(true)),
        (json!({"identifierUris": ["api://tasks", "api://other"]}), |it| json!(it.uri()), json!("api://tasks")),
        (json!({"identifierUris": []}), |it| json!(it.uri() == format!("api://{}", it.client_id)), json!(true)),
        (json!({}), |it| json!(it.details.leaves_out_groups), json!(true)),
        (json!({"groupMembershipClaims": "None"}), |it| json!(it.details.leaves_out_groups), json!(true)),
        (json!({"groupMembershipClaims": "ApplicationGroup"}), |it| json!(it.details.leaves_out_groups), json!(false)),
        (
            json!({"groupMembershipClaims": "SecurityGroup, ApplicationGroup"}),
            |it| json!(it.details.leaves_out_groups),
            json!(false),
        ),
        (
            json!({"web": {"homePageUrl": "https://tasks.test/", "redirectUris": ["https://tasks.test/callback"]}}),
            |it| json!(it.platform("https://tasks.test/callback") == Some(Platform::Web)),
            json!(true),
        ),
        (
            json!({"spa": {"redirectUris": ["https://tasks.test/page"]}}),
            |it| json!(it.platform("https://tasks.test/page") == Some(Platform::SinglePage)),
            json!(true),
        ),
        (
            json!({"web": {"logoutUrl": "https://tasks.test/out", "implicitGrantSettings": {"enableIdTokenIssuance": false}}}),
            |it| json!(it.front_channel_logout_url),
            json!("https://tasks.test/out"),
        ),
        (json!({"publicClient": {"redirectUris": []}}), |it| json!(it.redirect_uris), json!([])),
    ]
}

fn of_the_api() -> Vec<Row> {
    vec![
        (json!({}), |it| json!(it.access_token_version), json!(1)),
        (json!({"api": {"requestedAccessTokenVersion": null}}), |it| json!(it.access_token_version), json!(1)),
        (json!({"api": {"requestedAccessTokenVersion": 2}}), |it| json!(it.access_token_version), json!(2)),
        (
            json!({"api": {"knownClientApplications": [CLIENT], "acceptMappedClaims": null}}),
            |it| json!(it.details.known_clients),
            json!([CLIENT]),
        ),
        (
            json!({"api": {"oauth2PermissionScopes": [scope("Tasks.Read", "User", true), scope("Gone", "User", false)]}}),
            |it| json!([it.scopes, it.permission_id("Tasks.Read"), it.details.scopes_of_administrators]),
            json!([["Tasks.Read"], READ, []]),
        ),
        (
            json!({"api": {"oauth2PermissionScopes": [scope("Tasks.Read", "Admin", true)]}}),
            |it| json!(it.details.scopes_of_administrators),
            json!(["Tasks.Read"]),
        ),
        (
            json!({"api": {
                "oauth2PermissionScopes": [scope("Tasks.Read", "User", true)],
                "preAuthorizedApplications": [{"appId": CLIENT, "delegatedPermissionIds": [READ]}],
            }}),
            |it| json!(it.details.scopes_without_consent(CLIENT).collect::<Vec<_>>()),
            json!(["Tasks.Read"]),
        ),
        (
            json!({"api": {
                "oauth2PermissionScopes": [scope("Tasks.Read", "User", true)],
                "preAuthorizedApplications": [{"appId": CLIENT, "permissionIds": [READ]}],
            }}),
            |it| json!(it.details.scopes_without_consent(CLIENT).count()),
            json!(1),
        ),
        (
            json!({"appRoles": [role(ADMIN, "Task.Admin", &["User"]), role(ALL, "Tasks.Read.All", &["Application"])]}),
            |it| json!([it.app_roles, it.app_roles_for_applications, it.permission_id("Task.Admin")]),
            json!([["Task.Admin"], ["Tasks.Read.All"], ADMIN]),
        ),
        (
            json!({"appRoles": [role(ADMIN, "Writer", &["User", "Application"])]}),
            |it| json!([it.app_roles, it.app_roles_for_applications, it.permission_of_id(ADMIN)]),
            json!([["Writer"], ["Writer"], "Writer"]),
        ),
    ]
}

fn of_both() -> Vec<Row> {
    vec![
        (
            required(GRAPH, "e1fe6dd8-ba31-4d61-89e7-88639da4683d", "Scope"),
            listed,
            json!([["https://graph.microsoft.com User.Read"], [], []]),
        ),
        (
            required(GRAPH, "df021288-bdef-4463-88db-98f22de89214", "Role"),
            listed,
            json!([[], ["https://graph.microsoft.com User.Read.All"], []]),
        ),
        (required(GRAPH, "7427e0e9-2fba-42fe-b0c0-848c9e6a8182", "Scope"), listed, json!([[], [], ["offline_access"]])),
        (
            required("797f4846-ba00-4fd7-ba43-dac1f8f63013", "41094075-9dad-400e-a0bd-54e686782033", "Scope"),
            listed,
            json!([["https://management.azure.com user_impersonation"], [], []]),
        ),
        (required(CLIENT, ALL, "Role"), listed, json!([[], [format!("{CLIENT} {ALL}")], []])),
        (
            json!({"optionalClaims": {"idToken": [claim("sid", &[]), claim("login_hint", &[]), claim("auth_time", &[])]}}),
            |it| json!([it.with_sid, it.details.id_token_claims]),
            json!([true, ["auth_time", "login_hint"]]),
        ),
        (
            json!({"optionalClaims": {"accessToken": [claim("idtyp", &[]), claim("acrs", &[]), claim("xms_cc", &[])]}}),
            |it| json!([it.with_idtyp, it.details.has_idtyp_of_people, it.details.access_token_claims]),
            json!([true, false, ["acrs", "xms_cc"]]),
        ),
        (
            json!({"optionalClaims": {"accessToken": [claim("idtyp", &["include_user_token"])], "saml2Token": []}}),
            |it| json!([it.with_idtyp, it.details.has_idtyp_of_people]),
            json!([true, true]),
        ),
        (
            json!({"federatedCredentials": [{"name": "job", "issuer": "https://i", "subject": "s", "audiences": ["a"]}]}),
            |it| json!([it.federated_credentials[0].issuer, it.federated_credentials[0].audiences]),
            json!(["https://i", ["a"]]),
        ),
        (
            json!({"federatedCredentials": [{"issuer": "https://i", "subject": "s"}]}),
            |it| json!(it.federated_credentials[0].audiences),
            json!(["api://AzureADTokenExchange"]),
        ),
        (
            json!({"id": CLIENT, "createdDateTime": "2026-01-01T00:00:00Z", "publisherDomain": "contoso.test", "tags": [],
                "passwordCredentials": [{"hint": "abc"}], "keyCredentials": [], "@odata.context": "https://graph"}),
            |it| json!(it.certificates),
            json!([]),
        ),
    ]
}

#[test]
fn every_member_of_the_application_object_comes_to_what_it_means() {
    for (written, seen, expected) in members() {
        assert_eq!(seen(&read(&written)), expected, "{written}");
    }
}

#[test]
fn what_is_written_again_means_the_same() {
    let mut directory = Directory::default();
    directory
        .applications
        .extend(members().iter().map(|(written, ..)| read(written)).filter(|it| it.permissions.is_empty()));
    for application in directory.applications() {
        let written = application.to_registration(&directory).unwrap();
        let again = Application::from_registration(&written).unwrap();
        // Permissions of this directory's APIs have their names back when the emulator starts.
        let mut others = directory.clone();
        others.applications.push(again);
        others.name_permissions();
        let again = others.applications().last().unwrap();
        assert_eq!(again.to_registration(&directory).unwrap(), written, "{}", application.name());
        assert_eq!(again.scopes, application.scopes);
        assert_eq!(again.roles_on(Resource::GRAPH), application.roles_on(Resource::GRAPH));
    }
}
