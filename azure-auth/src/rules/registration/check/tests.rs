//! A registration that has everything, and what each way to change it is called.

use serde_json::json;

use super::drift::DriftKind::{self, Different, Missing, Superfluous};
use super::drift::Weight::{self, Finding, Notice};
use super::*;
use crate::model::downstream::need::Need;
use crate::model::downstream::permission::ResourceName;
use crate::model::registration::application::{PermissionKind, PreAuthorizedApplication};
use crate::rules::registration::needed::tests::{OWN, program};
use crate::rules::registration::needed::{Built, Undetermined, build};
use crate::rules::registration::program::Program;

const GRAPH: &str = "00000003-0000-0000-c000-000000000000";
const OPENID: &str = "37f7f235-527c-4136-accd-4a02d197296e";
const CLIENT: Guid = Guid::from_u128(0x5555_5555_eeee_4fff_8000_6666_6666_6666);
const OTHER: &str = "99999999-eeee-4fff-8000-666666666666";

/// With a client, and with Swagger UI.
fn built() -> Built {
    let pages = ["/docs".to_owned()];
    let mut built = build(&Program { swagger_pages: &pages, ..program() }).unwrap();
    let api = &mut built.registration.application.api;
    api.known_client_applications = vec![CLIENT];
    let delegated_permission_ids = vec![api.scopes[0].id];
    api.pre_authorized_applications = vec![PreAuthorizedApplication { app_id: CLIENT, delegated_permission_ids }];
    built
}

fn printed(built: &Built) -> Value {
    serde_json::to_value(&built.registration.application).unwrap()
}

/// What is found is called so.
fn named(drifts: &[Drift]) -> Vec<(DriftKind, Weight, &str)> {
    drifts.iter().map(|drift| (drift.kind, drift.weight, drift.place.as_str())).collect()
}

#[test]
fn what_is_printed_has_no_drift() {
    let built = built();
    assert_eq!(check(&built, &printed(&built)), []);
}

/// What a registration has beside it, or in another order, or under other ids.
#[test]
fn what_works_as_well_is_no_finding() {
    let built = built();
    let mut found = printed(&built);
    found["id"] = json!(OTHER);
    found["publisherDomain"] = json!("contoso.com");
    found["passwordCredentials"] = json!([{"keyId": OTHER, "hint": "abc"}]);
    found["keyCredentials"] = json!([{"keyId": OTHER}]);
    for list in
        ["/appRoles", "/web/redirectUris", "/requiredResourceAccess/0/resourceAccess", "/optionalClaims/idToken"]
    {
        found.pointer_mut(list).unwrap().as_array_mut().unwrap().reverse();
    }
    let claim = json!({"name": "auth_time", "source": null, "essential": false, "additionalProperties": []});
    found["optionalClaims"]["idToken"].as_array_mut().unwrap().push(claim);
    let scopes = found["api"]["oauth2PermissionScopes"].as_array_mut().unwrap();
    scopes.push(json!({"id": OTHER, "value": "Tasks.Old", "isEnabled": false}));
    found["appRoles"].as_array_mut().unwrap().push(json!({"id": OTHER, "value": "Old", "isEnabled": false}));
    found["groupMembershipClaims"] = json!("SecurityGroup, ApplicationGroup");
    found["isFallbackPublicClient"] = Value::Null;
    found["publicClient"] = Value::Null;
    assert_eq!(check(&built, &found), []);
}

/// A way to change a registration, and what that is called at which place.
type Change = (fn(&mut Value), DriftKind, Weight, String);

const HOME: &str = "https://tasks.example.com";

#[test]
fn each_change_is_named_at_its_place() {
    let changes = [of_addresses(), of_switches(), of_scopes_and_clients(), of_app_roles(), of_permissions_and_claims()];
    let built = built();
    for (number, (change, kind, weight, place)) in changes.into_iter().flatten().enumerate() {
        let mut found = printed(&built);
        change(&mut found);
        let drifts = check(&built, &found);
        assert_eq!(named(&drifts), [(kind, weight, place.as_str())], "change {number}");
        assert!(drifts.iter().all(|drift| !drift.remedy.is_empty() && drift.found != drift.expected), "{drifts:?}");
    }
}

fn of_addresses() -> Vec<Change> {
    let callback = |kind: &str, host: &str| {
        format!("/{kind}/redirectUris/{}", host.replace('/', "~1")) + "~1authorization-code~1callback"
    };
    vec![
        (|app| app["appId"] = json!(OTHER), Different, Finding, "/appId".into()),
        (|app| app["displayName"] = json!("Tasks"), Different, Notice, "/displayName".into()),
        (|app| app["signInAudience"] = json!("AzureADMultipleOrgs"), Different, Finding, "/signInAudience".into()),
        (|app| app["signInAudience"] = Value::Null, Different, Finding, "/signInAudience".into()),
        (|app| app["identifierUris"] = json!([]), Missing, Finding, format!("/identifierUris/api:~1~1{OWN}")),
        (|app| push(app, "/identifierUris", json!("api://x")), Superfluous, Notice, "/identifierUris/api:~1~1x".into()),
        (|app| app["groupMembershipClaims"] = Value::Null, Missing, Finding, "/groupMembershipClaims".into()),
        (|app| app["groupMembershipClaims"] = json!("All"), Different, Notice, "/groupMembershipClaims".into()),
        (|app| app["web"]["homePageUrl"] = json!("https://x"), Different, Notice, "/web/homePageUrl".into()),
        (|app| app["web"]["homePageUrl"] = Value::Null, Missing, Notice, "/web/homePageUrl".into()),
        (|app| app["web"]["logoutUrl"] = Value::Null, Missing, Finding, "/web/logoutUrl".into()),
        (|app| app["web"]["logoutUrl"] = json!("https://x"), Different, Finding, "/web/logoutUrl".into()),
        (|app| remove(app, "/web/redirectUris", 0), Missing, Finding, callback("web", HOME)),
        (
            |app| push(app, "/web/redirectUris", json!("http://localhost/authorization-code/callback")),
            Superfluous,
            Notice,
            callback("web", "http://localhost"),
        ),
        (
            |app| push(app, "/web/redirectUris", json!("https://old.example/authorization-code/callback")),
            Superfluous,
            Finding,
            callback("web", "https://old.example"),
        ),
        (
            |app| push(app, "/spa/redirectUris", json!(format!("{HOME}/authorization-code/callback"))),
            Superfluous,
            Finding,
            callback("spa", HOME),
        ),
        (
            |app| remove(app, "/spa/redirectUris", 0),
            Missing,
            Finding,
            "/spa/redirectUris/https:~1~1tasks.example.com~1docs~1oauth-receiver.html".into(),
        ),
        (
            |app| push(app, "/publicClient/redirectUris", json!("tasks://x")),
            Superfluous,
            Finding,
            "/publicClient/redirectUris/tasks:~1~1x".into(),
        ),
    ]
}

fn of_switches() -> Vec<Change> {
    vec![
        (
            |app| app["web"]["implicitGrantSettings"]["enableIdTokenIssuance"] = json!(true),
            Different,
            Finding,
            "/web/implicitGrantSettings/enableIdTokenIssuance".into(),
        ),
        (
            |app| app["web"]["implicitGrantSettings"]["enableAccessTokenIssuance"] = json!(true),
            Different,
            Finding,
            "/web/implicitGrantSettings/enableAccessTokenIssuance".into(),
        ),
        (|app| app["isFallbackPublicClient"] = json!(true), Different, Finding, "/isFallbackPublicClient".into()),
        (
            |app| app["api"]["requestedAccessTokenVersion"] = Value::Null,
            Different,
            Finding,
            "/api/requestedAccessTokenVersion".into(),
        ),
        (
            |app| app["api"]["requestedAccessTokenVersion"] = json!(1),
            Different,
            Finding,
            "/api/requestedAccessTokenVersion".into(),
        ),
    ]
}

fn of_scopes_and_clients() -> Vec<Change> {
    vec![
        (
            |app| app["api"]["oauth2PermissionScopes"][0]["type"] = json!("Admin"),
            Different,
            Notice,
            "/api/oauth2PermissionScopes/Tasks.Read/type".into(),
        ),
        (
            |app| app["api"]["oauth2PermissionScopes"][0]["userConsentDescription"] = json!("Read them"),
            Different,
            Notice,
            "/api/oauth2PermissionScopes/Tasks.Read/userConsentDescription".into(),
        ),
        (
            |app| push(app, "/api/oauth2PermissionScopes", json!({"id": OTHER, "value": "Tasks.Delete"})),
            Superfluous,
            Finding,
            "/api/oauth2PermissionScopes/Tasks.Delete".into(),
        ),
        (
            |app| app["api"]["knownClientApplications"] = json!([]),
            Missing,
            Finding,
            format!("/api/knownClientApplications/{CLIENT}"),
        ),
        (
            |app| push(app, "/api/knownClientApplications", json!(OTHER)),
            Superfluous,
            Notice,
            format!("/api/knownClientApplications/{OTHER}"),
        ),
        (
            |app| app["api"]["preAuthorizedApplications"] = json!([]),
            Missing,
            Finding,
            format!("/api/preAuthorizedApplications/{CLIENT}/Tasks.Read"),
        ),
        (
            |app| push(app, "/api/preAuthorizedApplications/0/delegatedPermissionIds", json!(OTHER)),
            Superfluous,
            Finding,
            format!("/api/preAuthorizedApplications/{CLIENT}/{OTHER}"),
        ),
        (
            |app| push(app, "/api/preAuthorizedApplications", json!({"appId": OTHER, "permissionIds": [OTHER]})),
            Superfluous,
            Notice,
            format!("/api/preAuthorizedApplications/{OTHER}"),
        ),
    ]
}

fn of_app_roles() -> Vec<Change> {
    vec![
        (|app| remove(app, "/appRoles", 0), Missing, Finding, "/appRoles/Admin".into()),
        (|app| app["appRoles"][0]["isEnabled"] = json!(false), Missing, Finding, "/appRoles/Admin".into()),
        (|app| app["appRoles"][0]["id"] = json!(OTHER), Different, Notice, "/appRoles/Admin/id".into()),
        (
            |app| app["appRoles"][0]["description"] = json!("Is an administrator"),
            Different,
            Notice,
            "/appRoles/Admin/description".into(),
        ),
        (
            |app| app["appRoles"][2]["allowedMemberTypes"] = json!(["User"]),
            Different,
            Finding,
            "/appRoles/Jobs.Run/allowedMemberTypes".into(),
        ),
        (
            |app| push(app, "/appRoles", json!({"id": OTHER, "value": "Owner/All", "allowedMemberTypes": ["User"]})),
            Superfluous,
            Finding,
            "/appRoles/Owner~1All".into(),
        ),
    ]
}

fn of_permissions_and_claims() -> Vec<Change> {
    let access = format!("/requiredResourceAccess/{GRAPH}");
    vec![
        (
            |app| remove(app, "/requiredResourceAccess/0/resourceAccess", 0),
            Missing,
            Notice,
            format!("{access}/{OPENID}"),
        ),
        (
            |app| push(app, "/requiredResourceAccess/0/resourceAccess", json!({"id": OTHER, "type": "Scope"})),
            Superfluous,
            Finding,
            format!("{access}/{OTHER}"),
        ),
        (
            |app| push(app, "/requiredResourceAccess/0/resourceAccess", json!({"id": OPENID, "type": "Role"})),
            Superfluous,
            Finding,
            format!("{access}/{OPENID}"),
        ),
        (|app| remove(app, "/optionalClaims/idToken", 1), Missing, Notice, "/optionalClaims/idToken/sid".into()),
        (
            |app| remove(app, "/optionalClaims/accessToken", 0),
            Missing,
            Notice,
            "/optionalClaims/accessToken/idtyp".into(),
        ),
        (
            |app| app["optionalClaims"]["accessToken"][0]["additionalProperties"] = json!([]),
            Missing,
            Notice,
            "/optionalClaims/accessToken/idtyp/additionalProperties/include_user_token".into(),
        ),
    ]
}

fn push(application: &mut Value, list: &str, item: Value) {
    application.pointer_mut(list).unwrap().as_array_mut().unwrap().push(item);
}

fn remove(application: &mut Value, list: &str, number: usize) {
    application.pointer_mut(list).unwrap().as_array_mut().unwrap().remove(number);
}

#[test]
fn a_scope_under_another_id_is_the_same_scope_also_to_its_clients() {
    let built = built();
    let mut found = printed(&built);
    found["api"]["oauth2PermissionScopes"][0]["id"] = json!(OTHER);
    found["api"]["preAuthorizedApplications"][0]["delegatedPermissionIds"] = json!([OTHER]);
    assert_eq!(
        named(&check(&built, &found)),
        [(DriftKind::Different, Weight::Notice, "/api/oauth2PermissionScopes/Tasks.Read/id")]
    );
}

#[test]
fn a_name_without_a_description_may_have_any_text() {
    let program = Program { vocabularies: &[], groups: vec![Guid::from_u128(1)], ..program() };
    let built = build(&program).unwrap();
    let mut found = printed(&built);
    found["appRoles"][0]["displayName"] = json!("Administrators");
    assert_eq!(check(&built, &found), []);
}

/// What the retired manifest calls the same.
#[test]
fn the_names_of_the_retired_manifest_are_understood() {
    let built = built();
    let mut found = printed(&built);
    let object = found.as_object_mut().unwrap();
    let [web, spa, api] = ["web", "spa", "api"].map(|name| object.remove(name).unwrap());
    let reply = |kind: &'static str| move |url: &Value| json!({"url": url, "type": kind});
    let of = |platform: &Value| platform["redirectUris"].as_array().unwrap().clone();
    let replies: Vec<Value> = of(&web).iter().map(reply("Web")).chain(of(&spa).iter().map(reply("Spa"))).collect();
    let clients = api["preAuthorizedApplications"].as_array().unwrap();
    let clients: Vec<Value> = clients
        .iter()
        .map(|client| json!({"appId": client["appId"], "permissionIds": client["delegatedPermissionIds"]}))
        .collect();
    for (name, value) in [
        ("replyUrlsWithType", json!(replies)),
        ("logoutUrl", web["logoutUrl"].clone()),
        ("homepage", web["homePageUrl"].clone()),
        ("oauth2AllowIdTokenImplicitFlow", json!(false)),
        ("allowPublicClient", Value::Null),
        ("accessTokenAcceptedVersion", json!(2)),
        ("oauth2Permissions", api["oauth2PermissionScopes"].clone()),
        ("knownClientApplications", api["knownClientApplications"].clone()),
        ("preAuthorizedApplications", json!(clients)),
        ("name", json!("tasks")),
    ] {
        object.insert(name.to_owned(), value);
    }
    object.remove("displayName");
    object.remove("isFallbackPublicClient");
    assert_eq!(check(&built, &found), []);
    found["oauth2AllowImplicitFlow"] = json!(true);
    found["allowPublicClient"] = json!(true);
    found["accessTokenAcceptedVersion"] = json!(null);
    assert_eq!(
        check(&built, &found).iter().map(|drift| drift.place.as_str()).collect::<Vec<_>>(),
        [
            "/web/implicitGrantSettings/enableAccessTokenIssuance",
            "/isFallbackPublicClient",
            "/api/requestedAccessTokenVersion"
        ]
    );
}

/// Nothing panics, and nothing that is absent is taken for something.
#[test]
fn an_empty_registration_lacks_everything_and_an_odd_one_is_read_as_empty() {
    let built = built();
    let of_empty = check(&built, &json!({}));
    assert!(of_empty.iter().all(|drift| drift.kind != DriftKind::Superfluous), "{of_empty:?}");
    assert!(of_empty.len() > 15, "{of_empty:?}");
    let odd = json!({
        "web": 7, "spa": [], "api": "x", "appRoles": {"value": "Admin"}, "requiredResourceAccess": [null, {"resourceAppId": 1}],
        "optionalClaims": [[]], "identifierUris": [1, null, ""], "passwordCredentials": "x", "displayName": 1,
    });
    assert_eq!(check(&built, &odd), of_empty);
}

#[test]
fn a_permission_that_may_be_needed_is_a_notice() {
    const ITSELF: &[Need] = &[Need::Application(ResourceName::Graph)];
    let built = build(&Program { needs: ITSELF, ..program() }).unwrap();
    assert_eq!(built.undetermined.len(), 1);
    for (api, kind, expected) in [
        (GRAPH, PermissionKind::Role, Weight::Notice),
        (GRAPH, PermissionKind::Scope, Weight::Finding),
        (OTHER, PermissionKind::Role, Weight::Finding),
    ] {
        let mut found = printed(&built);
        let access = json!({"resourceAppId": api, "resourceAccess": [{"id": OTHER, "type": kind}]});
        push(&mut found, "/requiredResourceAccess", access);
        let place = format!("/requiredResourceAccess/{api}/{OTHER}");
        let lacking = format!("/requiredResourceAccess/{GRAPH}");
        let mut expected = vec![(DriftKind::Superfluous, expected, place.as_str())];
        if (api, kind) != (GRAPH, PermissionKind::Role) {
            expected.push((DriftKind::Missing, Weight::Notice, &lacking));
        }
        assert_eq!(named(&check(&built, &found)), expected);
    }
    // Of an API whose client id nobody knows.
    let undetermined = vec![Undetermined { api: None, kind: PermissionKind::Scope }];
    let unknown = Built { undetermined, ..built.clone() };
    let mut found = printed(&built);
    let access = json!({"resourceAppId": OTHER, "resourceAccess": [{"id": OTHER, "type": "Scope"}]});
    push(&mut found, "/requiredResourceAccess", access);
    assert_eq!(check(&unknown, &found)[0].weight, Weight::Notice);
}

/// A file is somebody else's text.
#[test]
fn what_is_shown_of_a_registration_cannot_move_the_cursor() {
    let built = built();
    let mut found = printed(&built);
    found["displayName"] = json!("\u{1b}[2Jtasks\n");
    push(&mut found, "/web/redirectUris", json!("https://x/\u{1b}[2J"));
    let shown = format!("{:?}", check(&built, &found));
    assert!(!shown.contains("u{1b}") && shown.contains("[2Jtasks"), "{shown}");
}
