//! What a program needs of its registration.

use std::sync::LazyLock;

use azure_auth_policy::{Choice, Policy};
use serde_json::{Value, json};

use super::*;
use crate::model::downstream::need::Need;
use crate::model::downstream::permission::{Consent, Permission, ResourceName};
use crate::model::policies::declaration::Declaration;
use crate::model::policies::row::Row;
use crate::model::registration::application::MemberType;
use crate::model::registration::vocabulary::{Vocabulary, VocabularyApi};
use crate::model::settings::configuration::AuthPaths;
use crate::model::settings::public_url::PublicUrl;
use crate::rules::registration::found::FoundApplication;
use crate::rules::registration::program::SignIn;
use crate::rules::registration::stable_id::{Kind, stable_id};

pub(crate) const OWN: Guid = Guid::from_u128(0x1111_1111_aaaa_4bbb_8ccc_2222_2222_2222);
const ORDERS: Guid = Guid::from_u128(0x3333_3333_cccc_4ddd_8eee_4444_4444_4444);
const ORDERS_READ: Guid = Guid::from_u128(0x0e4c_1d1f_0000_4000_8000_0000_0000_0001);
const CLIENT: Guid = Guid::from_u128(0x5555_5555_eeee_4fff_8000_6666_6666_6666);
const STAFF: Guid = Guid::from_u128(7);
const GRAPH: &str = "00000003-0000-0000-c000-000000000000";

const MAIL_READ: Permission = Permission::of_graph(
    "Mail.Read",
    Consent::Person,
    Some(Guid::from_u128(0x5702_82fd_fa5c_430d_a7fd_fc8d_c98a_9dca)),
);
const BOOKS_READ: Permission = Permission::of_graph("Books.Read", Consent::Unknown, None);
const OF_ORDERS: Permission = Permission::of("api://33333333-cccc-4ddd-8eee-444444444444", "Orders.Read");

const EDITOR: Policy<'static> = Policy::Any(&[Policy::Role("Writer"), Policy::ApplicationRole("Jobs.Run")]);

pub(crate) const VOCABULARY: Vocabulary = Vocabulary::new(
    &[("Admin", Some("Manages every task")), ("Auditor", None)],
    &[("Tasks.Read", Some("Read your tasks"))],
    &[(STAFF, None)],
    &[VocabularyApi::new("orders", OF_ORDERS.resource, &[(OF_ORDERS, Some("Read orders"))])],
);

static TENANT: TenantName = TenantName::Id(Guid::from_u128(8));
static PATHS: LazyLock<AuthPaths> = LazyLock::new(AuthPaths::default);
static URLS: LazyLock<Vec<PublicUrl>> = LazyLock::new(|| urls(&["https://tasks.example.com"]));

static ROWS: LazyLock<Vec<Row>> = LazyLock::new(|| {
    rows(&[
        ("/tasks", Declaration::protected("list").scopes(&["Tasks.Read"])),
        ("/all", Declaration::protected("all").roles(Choice::Any(&["Admin"]))),
        ("/edit", Declaration::protected("edit").allow(&Policy::Named("Editor", &EDITOR))),
    ])
});

fn rows(declarations: &[(&str, Declaration)]) -> Vec<Row> {
    let row = |(path, declaration): &(&str, Declaration)| Row::new(*path, Some("GET".to_owned()), *declaration);
    declarations.iter().map(row).collect()
}

fn urls(texts: &[&str]) -> Vec<PublicUrl> {
    texts.iter().map(|text| PublicUrl::parse(text).unwrap()).collect()
}

/// With a client id, a secret, a tenant and a public URL.
pub(crate) fn program() -> Program<'static> {
    Program {
        name: "tasks",
        client_id: Some(OWN),
        tenant: Some(&TENANT),
        sign_in: SignIn::Yes,
        public_urls: &URLS,
        paths: &PATHS,
        swagger_pages: &[],
        audiences: None,
        sign_in_scopes: vec!["openid", "email"],
        groups: Vec::new(),
        asks_graph_for_groups: false,
        needs: &[],
        rows: &ROWS,
        vocabularies: &[VOCABULARY],
        federated_credentials: Vec::new(),
        beside: &[],
    }
}

fn built(program: &Program<'_>) -> Built {
    build(program).unwrap()
}

fn application(program: &Program<'_>) -> ApplicationObject {
    built(program).registration.application
}

fn open_points(program: &Program<'_>) -> String {
    built(program).registration.open_points.join("\n")
}

/// By API: the names of its permissions.
fn permissions(program: &Program<'_>) -> Vec<(String, Vec<String>)> {
    let names = |resource: crate::model::registration::application::RequiredResource| {
        let names = resource.resource_access.into_iter().map(|permission| permission.name);
        (resource.resource_app_id.to_string(), names.collect())
    };
    application(program).required_resource_access.into_iter().map(names).collect()
}

#[test]
fn a_registration_is_the_object_of_microsoft_graph() {
    let role = |value: &str, text: &str, types: &[&str]| {
        json!({
            "id": stable_id("tasks", Kind::AppRole, value), "value": value, "displayName": text, "description": text,
            "allowedMemberTypes": types, "isEnabled": true,
        })
    };
    let claim =
        |name: &str, further: &[&str]| json!({"name": name, "essential": false, "additionalProperties": further});
    let scope = |id: &str| json!({"id": id, "type": "Scope"});
    assert_eq!(
        serde_json::to_value(application(&program())).unwrap(),
        json!({
            "appId": "11111111-aaaa-4bbb-8ccc-222222222222",
            "displayName": "tasks",
            "signInAudience": "AzureADMyOrg",
            "identifierUris": ["api://11111111-aaaa-4bbb-8ccc-222222222222"],
            "groupMembershipClaims": "ApplicationGroup",
            "web": {
                "homePageUrl": "https://tasks.example.com/",
                "logoutUrl": "https://tasks.example.com/session/front-channel-logout",
                "redirectUris": ["https://tasks.example.com/authorization-code/callback"],
                "implicitGrantSettings": {"enableIdTokenIssuance": false, "enableAccessTokenIssuance": false},
            },
            "spa": {"redirectUris": []},
            "publicClient": {"redirectUris": []},
            "isFallbackPublicClient": false,
            "api": {
                "requestedAccessTokenVersion": 2,
                "knownClientApplications": [],
                "oauth2PermissionScopes": [{
                    "id": stable_id("tasks", Kind::Scope, "Tasks.Read"),
                    "value": "Tasks.Read", "type": "User", "isEnabled": true,
                    "adminConsentDisplayName": "Read your tasks", "adminConsentDescription": "Read your tasks",
                    "userConsentDisplayName": "Read your tasks", "userConsentDescription": "Read your tasks",
                }],
                "preAuthorizedApplications": [],
            },
            "appRoles": [
                role("Admin", "Manages every task", &["User"]),
                role("Auditor", "Auditor", &["User"]),
                role("Jobs.Run", "Jobs.Run", &["Application"]),
                role("Writer", "Writer", &["User"]),
            ],
            "requiredResourceAccess": [{
                "resourceAppId": GRAPH,
                "resourceAccess": [
                    scope("37f7f235-527c-4136-accd-4a02d197296e"),
                    scope("14dad69e-099b-42c9-810b-d002981feec1"),
                    scope("64a6cdd6-aab1-4aaf-94b8-3cc8405e90d0"),
                ],
            }],
            "optionalClaims": {
                "idToken": [claim("login_hint", &[]), claim("sid", &[]), claim("acrs", &[])],
                "accessToken": [claim("idtyp", &["include_user_token"]), claim("acrs", &[])],
                "saml2Token": [],
            },
        })
    );
}

#[test]
fn the_same_program_has_the_same_registration_and_the_same_ids_before_it_is_registered() {
    assert_eq!(built(&program()), built(&program()));
    let first = application(&Program { client_id: None, ..program() });
    let later = application(&program());
    assert_eq!((first.app_id, first.identifier_uris), (None, vec!["api://{appId}".to_owned()]));
    assert_eq!((first.api.scopes, first.app_roles), (later.api.scopes, later.app_roles));
    let turned: Vec<Row> = ROWS.iter().rev().cloned().collect();
    assert_eq!(built(&Program { rows: &turned, ..program() }), built(&program()), "rows have no order");
}

#[test]
fn the_authority_says_whose_accounts_sign_in() {
    let domain = TenantName::Domain("contoso.com".to_owned());
    for (tenant, expected) in [
        (Some(&TENANT), SignInAudience::OneTenant),
        (Some(&domain), SignInAudience::OneTenant),
        (Some(&TenantName::Organizations), SignInAudience::WorkTenants),
        (Some(&TenantName::Common), SignInAudience::Everybody),
        (Some(&TenantName::Consumers), SignInAudience::PersonalAccounts),
        (None, SignInAudience::OneTenant),
    ] {
        assert_eq!(application(&Program { tenant, ..program() }).sign_in_audience, expected, "{tenant:?}");
    }
}

#[test]
fn personal_accounts_have_neither_app_roles_nor_optional_claims() {
    for tenant in [&TenantName::Common, &TenantName::Consumers] {
        let program = Program { tenant: Some(tenant), ..program() };
        let application = application(&program);
        assert_eq!((application.app_roles, application.optional_claims), (Vec::new(), OptionalClaims::default()));
        let open = open_points(&program);
        assert!(
            open.contains("nobody has Admin, Auditor, Jobs.Run, Writer") && open.contains("optional claims"),
            "{open}"
        );
    }
}

#[test]
fn a_scope_that_is_too_long_for_personal_accounts_is_said() {
    let rows = |length| rows(&[("/", Declaration::protected("x").scopes(vec![&*"x".repeat(length).leak()].leak()))]);
    for (tenant, length, expected) in
        [(&TenantName::Common, 40, false), (&TenantName::Common, 41, true), (&TenantName::Organizations, 120, false)]
    {
        let open = open_points(&Program { tenant: Some(tenant), rows: &rows(length), ..program() });
        assert_eq!(open.contains("40 at most"), expected, "{length}: {open}");
    }
}

#[test]
fn people_come_back_to_each_public_address_and_to_this_machine_where_there_is_none() {
    const AT: &str = "/authorization-code/callback";
    let secure = ["https://a.example", "https://example.com/tasks"];
    for (texts, expected, home, logout) in [
        (&[][..], vec!["http://localhost"], None, None),
        (
            &secure[..],
            vec![secure[0], secure[1]],
            Some("https://a.example/"),
            Some("https://a.example/session/front-channel-logout"),
        ),
        (&["http://localhost:3000"], vec!["http://localhost:3000"], Some("http://localhost:3000/"), None),
        (
            &["http://localhost:3000/app", secure[1]],
            vec!["http://localhost:3000/app", secure[1]],
            Some("http://localhost:3000/app/"),
            Some("https://example.com/tasks/session/front-channel-logout"),
        ),
    ] {
        let urls = urls(texts);
        let web = application(&Program { public_urls: &urls, ..program() }).web;
        let expected: Vec<String> = expected.into_iter().map(|url| format!("{url}{AT}")).collect();
        assert_eq!(web.redirect_uris, expected, "{texts:?}");
        assert_eq!((web.home_page_url.as_deref(), web.logout_url.as_deref()), (home, logout), "{texts:?}");
    }
}

#[test]
fn swagger_ui_is_a_page_that_signs_in_by_itself() {
    let pages = ["/docs".to_owned(), "/api/docs/".to_owned()];
    let spa = application(&Program { swagger_pages: &pages, ..program() }).spa;
    assert_eq!(
        spa.redirect_uris,
        [
            "https://tasks.example.com/docs/oauth-receiver.html",
            "https://tasks.example.com/api/docs/oauth-receiver.html",
        ]
    );
}

#[test]
fn where_nobody_signs_in_nothing_of_sign_in_is_registered() {
    let nobody = Program { sign_in: SignIn::No, ..program() };
    let of_nobody = application(&nobody);
    assert_eq!(of_nobody.web.redirect_uris, Vec::<String>::new());
    assert_eq!(of_nobody.web.logout_url, None);
    assert_eq!(of_nobody.optional_claims.id_token, []);
    assert_eq!(of_nobody.required_resource_access, []);
    assert!(!open_points(&nobody).contains("AZURE_CLIENT_SECRET"));
}

#[test]
fn a_credential_that_is_not_there_yet_takes_nothing_from_the_registration() {
    let not_yet = Program { sign_in: SignIn::NotYet, ..program() };
    assert_eq!(application(&not_yet), application(&program()));
    assert!(open_points(&not_yet).contains("AZURE_CLIENT_SECRET"));
}

#[test]
fn a_secret_says_that_people_sign_in_and_rows_say_it_before_there_is_one() {
    let sessions = rows(&[("/", Declaration::protected("page"))]);
    let jobs = rows(&[("/", Declaration::protected("job").application_roles(Choice::All(&["Jobs.Run"])))]);
    for (has_client_id, has_secret, rows, expected) in [
        (true, true, &jobs, SignIn::Yes),
        (false, true, &jobs, SignIn::Yes),
        (false, false, &sessions, SignIn::Yes),
        (false, false, &jobs, SignIn::No),
        (true, false, &sessions, SignIn::NotYet),
        (true, false, &jobs, SignIn::No),
    ] {
        assert_eq!(SignIn::of(has_client_id, has_secret, rows), expected);
    }
}

#[test]
fn app_roles_are_for_whom_the_rows_ask() {
    use MemberType::{Application, User};
    const IN_VOCABULARY: Vocabulary = Vocabulary::new(&[("R", None)], &[], &[], &[]);
    let role = || Declaration::protected("x").roles(Choice::Any(&["R"]));
    let application_role = || Declaration::protected("x").application_roles(Choice::Any(&["R"]));
    for (declarations, vocabularies, expected) in [
        (vec![role()], &[][..], &[User][..]),
        (vec![application_role()], &[], &[Application]),
        (vec![application_role(), role()], &[], &[User, Application]),
        (vec![role().application_roles(Choice::All(&["R"]))], &[], &[User, Application]),
        (vec![Declaration::protected("x").allow(&Policy::Not(&Policy::Role("R")))], &[], &[User]),
        (vec![Declaration::protected("x").allow(&Policy::ApplicationRole("R"))], &[], &[Application]),
        (vec![], &[IN_VOCABULARY], &[User]),
        (vec![application_role()], &[IN_VOCABULARY], &[Application]),
    ] {
        let declarations: Vec<(&str, Declaration)> = declarations.into_iter().map(|one| ("/", one)).collect();
        let rows = rows(&declarations);
        let roles = application(&Program { rows: &rows, vocabularies, ..program() }).app_roles;
        assert_eq!(roles.len(), 1, "{rows:?}");
        assert_eq!(roles[0].allowed_member_types, expected, "{rows:?}");
    }
}

#[test]
fn a_long_description_is_not_a_title() {
    const LONG: &str =
        "Reads tasks of everybody, those that are done as well, and also those of people who have left the company";
    const LONGER: Vocabulary = Vocabulary::new(&[], &[("Tasks.Read", Some(LONG))], &[], &[]);
    let scopes = application(&Program { vocabularies: &[LONGER], ..program() }).api.scopes;
    assert_eq!(
        (scopes[0].admin_consent_display_name.as_str(), scopes[0].admin_consent_description.as_str()),
        ("Tasks.Read", LONG)
    );
}

#[test]
fn a_value_that_is_a_scope_and_an_app_role_is_named_with_both_places() {
    const ROLE: Vocabulary = Vocabulary::new(&[("Tasks.Read", None)], &[], &[], &[]);
    let scope = ("/files", Declaration::protected("read").scopes(&["Files.Read", "Tasks.Read"]));
    let role = ("/jobs", Declaration::protected("run").application_roles(Choice::All(&["Files.Read"])));
    let rows = rows(&[scope, role]);
    let Collisions(collisions) = build(&Program { rows: &rows, vocabularies: &[ROLE], ..program() }).unwrap_err();
    assert_eq!(collisions.len(), 2);
    assert!(
        collisions[0].starts_with("`Files.Read` is a scope in GET /files and an app role in GET /jobs, expected one")
    );
    assert!(collisions[1].starts_with("`Tasks.Read` is a scope in GET /files and an app role in `app!`, expected one"));
}

#[test]
fn the_application_id_uri_is_as_configured_or_as_entra_id_proposes_it() {
    let audiences = ["api://tasks.example.com".to_owned(), "11111111-aaaa-4bbb-8ccc-222222222222".to_owned()];
    let own = "api://11111111-aaaa-4bbb-8ccc-222222222222";
    let none = rows(&[]);
    for (audiences, rows, client_id, expected) in [
        (None, &*ROWS, Some(OWN), vec![own]),
        (None, &none, Some(OWN), vec![]),
        (None, &*ROWS, None, vec!["api://{appId}"]),
        (Some(&audiences[..]), &*ROWS, None, vec!["api://tasks.example.com"]),
        (Some(&audiences[1..]), &*ROWS, Some(OWN), vec![]),
    ] {
        let program = Program { audiences, rows, client_id, vocabularies: &[], ..program() };
        assert_eq!(application(&program).identifier_uris, expected);
    }
}

#[test]
fn groups_that_something_names_are_in_tokens() {
    for (groups, vocabularies, expected) in
        [(vec![], &[][..], false), (vec![Guid::from_u128(9)], &[], true), (vec![], &[VOCABULARY], true)]
    {
        let program = Program { groups, vocabularies, ..program() };
        assert_eq!(application(&program).group_membership_claims.is_some(), expected);
        assert_eq!(open_points(&program).contains("assign these"), expected);
    }
}

#[test]
fn permissions_of_microsoft_graph_are_those_that_something_needs() {
    const MAIL: &[Need] = &[Need::Person { permissions: &[MAIL_READ], is_optional: false }];
    const BOTH: &[Need] = &[Need::Person { permissions: &[BOOKS_READ, MAIL_READ], is_optional: true }, Need::Nothing];
    const ITSELF: &[Need] = &[Need::Application(ResourceName::Graph)];
    let base = || Program { sign_in_scopes: Vec::new(), vocabularies: &[], ..program() };
    let groups = vec![STAFF];
    for (program, expected, open) in [
        (base(), "openid profile", ""),
        (
            Program { sign_in_scopes: vec!["email", "offline_access"], ..base() },
            "openid profile email offline_access",
            "",
        ),
        (
            Program { sign_in_scopes: vec!["https://graph.microsoft.com/User.Read"], ..base() },
            "openid profile User.Read",
            "",
        ),
        (Program { needs: MAIL, ..base() }, "openid profile offline_access Mail.Read", ""),
        (
            Program { needs: MAIL, sign_in_scopes: vec!["https://graph.microsoft.com/Mail.Read"], ..base() },
            "openid profile offline_access Mail.Read",
            "",
        ),
        (Program { needs: MAIL, sign_in: SignIn::No, ..base() }, "offline_access Mail.Read", ""),
        (
            Program { needs: BOTH, ..base() },
            "openid profile offline_access Mail.Read",
            "`Books.Read` of Microsoft Graph is newer",
        ),
        (Program { needs: ITSELF, ..base() }, "openid profile", "calls Microsoft Graph as itself"),
        (Program { asks_graph_for_groups: true, ..base() }, "openid profile", ""),
        (
            Program { asks_graph_for_groups: true, groups, ..base() },
            "openid profile offline_access User.Read",
            "assign these",
        ),
    ] {
        let found = permissions(&program);
        assert_eq!(found, [(GRAPH.to_owned(), expected.split(' ').map(str::to_owned).collect())], "{program:?}");
        let points = open_points(&program);
        assert!(points.contains(open) && points.is_empty() == open.is_empty(), "{points}");
    }
}

#[test]
fn ids_of_other_permissions_are_in_the_registrations_given_beside_and_are_never_made_up() {
    const NEEDS: &[Need] = &[
        Need::Person { permissions: &[OF_ORDERS], is_optional: false },
        Need::Person { permissions: &[Permission::of("https://stock.example", "Stock.Read")], is_optional: false },
        Need::Person { permissions: &[Permission::of("https://stock.example", ".default")], is_optional: false },
    ];
    let orders = FoundApplication::of(&json!({
        "appId": ORDERS,
        "api": {"oauth2PermissionScopes": [{"id": ORDERS_READ, "value": "orders.read", "isEnabled": true}]},
    }));
    let stock = FoundApplication::of(&json!({"appId": CLIENT, "identifierUris": ["https://stock.example"], "api": {}}));
    let of_orders = (ORDERS.to_string(), vec!["Orders.Read".to_owned()]);
    for (beside, expected, open) in [
        (
            vec![],
            vec![],
            "the ids of `Orders.Read` (Read orders) of api://33333333-cccc-4ddd-8eee-444444444444 are in the registration",
        ),
        (vec![orders.clone()], vec![of_orders.clone()], "the ids of `Stock.Read` of https://stock.example"),
        (
            vec![orders, stock],
            vec![of_orders],
            "the registration of https://stock.example exposes no scope `Stock.Read`",
        ),
    ] {
        let program = Program { needs: NEEDS, beside: &beside, ..program() };
        assert_eq!(permissions(&program)[1..], expected);
        let points = open_points(&program);
        assert!(points.contains(open) && points.contains("`.default` of https://stock.example is every"), "{points}");
    }
}

#[test]
fn clients_whose_registrations_are_given_are_known_and_asked_about_nothing_more() {
    let read = stable_id("tasks", Kind::Scope, "Tasks.Read");
    let client = |id: Guid, ids: &[Guid]| {
        let access: Vec<Value> = ids.iter().map(|id| json!({"id": id, "type": "Scope"})).collect();
        let required = json!([{"resourceAppId": OWN, "resourceAccess": access}]);
        FoundApplication::of(&json!({"appId": id, "requiredResourceAccess": required}))
    };
    let as_itself = FoundApplication::of(&json!({
        "appId": CLIENT,
        "requiredResourceAccess": [{"resourceAppId": OWN, "resourceAccess": [{"id": read, "type": "Role"}]}],
    }));
    let stranger = FoundApplication::of(&json!({"appId": ORDERS, "requiredResourceAccess": []}));
    let own = FoundApplication::of(&json!({
        "appId": OWN,
        "api": {"oauth2PermissionScopes": [{"id": ORDERS_READ, "value": "Tasks.Read"}]},
        "requiredResourceAccess": [{"resourceAppId": OWN, "resourceAccess": [{"id": ORDERS_READ, "type": "Scope"}]}],
    }));
    let authorized = || vec![(CLIENT, vec![read])];
    for (beside, known, expected, open) in [
        (vec![stranger], vec![], vec![], ""),
        (vec![client(CLIENT, &[read])], vec![CLIENT], authorized(), ""),
        (vec![client(CLIENT, &[])], vec![], vec![], ""),
        (vec![as_itself], vec![CLIENT], vec![], ""),
        (vec![client(CLIENT, &[ORDERS_READ])], vec![CLIENT], vec![], "which exposes none with that id"),
        (vec![client(CLIENT, &[ORDERS_READ]), own], vec![CLIENT], vec![(CLIENT, vec![ORDERS_READ])], ""),
    ] {
        let program = Program { beside: &beside, vocabularies: &[], ..program() };
        let api = application(&program).api;
        let found: Vec<(Guid, Vec<Guid>)> = api
            .pre_authorized_applications
            .into_iter()
            .map(|client| (client.app_id, client.delegated_permission_ids))
            .collect();
        assert_eq!((api.known_client_applications, found), (known, expected));
        let points = open_points(&program);
        assert!(points.contains(open) && points.is_empty() == open.is_empty(), "{points}");
    }
    let unregistered = Program { client_id: None, beside: &[client(CLIENT, &[read])], ..program() };
    assert!(open_points(&unregistered).contains("clients name this program by its client id"));
}

#[test]
fn what_is_not_configured_is_said() {
    for (program, expected) in [
        (Program { tenant: None, ..program() }, "AZURE_ISSUER_URI is not set"),
        (Program { public_urls: &[], ..program() }, "AZURE_PUBLIC_URL is not set"),
    ] {
        let points = open_points(&program);
        assert!(points.contains(expected), "{points}");
        assert!(!open_points(&self::program()).contains(expected));
    }
}
