//! Registrations that have everything, next to nothing, and an application that is there already.

use azure_auth_policy::Guid;

use crate::model::registration::application::{
    Api, AppRole, ApplicationObject, ExposedScope, FederatedCredential, GroupMembershipClaims, ImplicitGrantSettings,
    MemberType, OptionalClaim, OptionalClaims, PermissionKind, PreAuthorizedApplication, RedirectUris, Registration,
    RequiredPermission, RequiredResource, ScopeConsent, SignInAudience, Web,
};

/// What every language has a meaning of its own for.
pub(super) const HOSTILE: &str = "It's \"50 %\" of `id` $(id) $HOME ${HOME} $${HOME} %{if} {{token}} \\ '' /* // # */\n\
                                  EOF\nJSON\r\n\t\u{7}''' 🦀 ü \u{2028}.";

/// Each with the name of its files.
pub(super) fn all() -> [(&'static str, Registration); 3] {
    [("complete", complete()), ("minimal", minimal()), ("registered", registered())]
}

/// With every member, and texts that are hard to quote.
pub(super) fn complete() -> Registration {
    Registration {
        tenant: None,
        application: ApplicationObject {
            app_id: None,
            display_name: format!("Contoso's tasks: {HOSTILE}"),
            sign_in_audience: SignInAudience::OneTenant,
            identifier_uris: vec!["api://{appId}".to_owned(), "https://contoso.com/tasks".to_owned()],
            group_membership_claims: Some(GroupMembershipClaims::ApplicationGroup),
            web: web(),
            spa: uris(&["https://tasks.contoso.com/page"]),
            public_client: uris(&["http://localhost", "ms-appx-web://microsoft.aad.brokerplugin/x"]),
            is_fallback_public_client: false,
            api: api(),
            app_roles: app_roles(),
            required_resource_access: required_resource_access(),
            optional_claims: optional_claims(),
        },
        federated_credentials: vec![
            credential("github", "repo:contoso/tasks:environment:production"),
            credential("1-cluster_a", "system:serviceaccount:it's:${tasks}\n"),
        ],
        open_points: vec![
            "tasks::report asks for `GroupMember.Read.All`: an administrator has to agree".to_owned(),
            format!("hostile {HOSTILE}"),
        ],
    }
}

/// A program that only signs people in.
pub(super) fn minimal() -> Registration {
    let none = Vec::new;
    Registration {
        tenant: None,
        application: ApplicationObject {
            app_id: None,
            display_name: "hello".to_owned(),
            sign_in_audience: SignInAudience::WorkTenants,
            identifier_uris: Vec::new(),
            group_membership_claims: None,
            web: Web {
                home_page_url: None,
                logout_url: None,
                redirect_uris: vec!["http://localhost:3000/auth/callback".to_owned()],
                implicit_grant_settings: ImplicitGrantSettings::default(),
            },
            spa: uris(&[]),
            public_client: uris(&[]),
            is_fallback_public_client: false,
            api: Api {
                requested_access_token_version: 2,
                known_client_applications: Vec::new(),
                scopes: Vec::new(),
                pre_authorized_applications: Vec::new(),
            },
            app_roles: Vec::new(),
            required_resource_access: Vec::new(),
            optional_claims: OptionalClaims { id_token: none(), access_token: none(), saml2_token: none() },
        },
        federated_credentials: Vec::new(),
        open_points: Vec::new(),
    }
}

/// One whose client id is known.
pub(super) fn registered() -> Registration {
    let minimal = minimal();
    let application = ApplicationObject {
        app_id: Some(id(0xA)),
        identifier_uris: vec!["api://{appId}".to_owned()],
        required_resource_access: required_resource_access(),
        ..minimal.application
    };
    Registration { application, ..minimal }
}

fn web() -> Web {
    let address = |path: &str| format!("https://tasks.contoso.com/{path}");
    Web {
        home_page_url: Some(address("")),
        logout_url: Some(address("auth/front-channel-sign-out")),
        redirect_uris: vec![address("auth/callback"), "http://localhost:3000/auth/callback".to_owned(), address("")],
        implicit_grant_settings: ImplicitGrantSettings::default(),
    }
}

fn api() -> Api {
    let scope = |number, value: &str, description: &str| ExposedScope {
        id: id(number),
        value: value.to_owned(),
        r#type: ScopeConsent::User,
        is_enabled: true,
        admin_consent_display_name: format!("{value} of everybody"),
        admin_consent_description: description.to_owned(),
        user_consent_display_name: format!("{value} of yours"),
        user_consent_description: String::new(),
    };
    Api {
        requested_access_token_version: 2,
        known_client_applications: vec![id(0xC0)],
        scopes: vec![scope(1, "Tasks.Read", "Read tasks."), scope(2, "Tasks.Write", HOSTILE)],
        pre_authorized_applications: vec![
            PreAuthorizedApplication { app_id: id(0xC1), delegated_permission_ids: vec![id(1), id(2)] },
            PreAuthorizedApplication { app_id: id(0xC2), delegated_permission_ids: vec![id(1)] },
        ],
    }
}

fn app_roles() -> Vec<AppRole> {
    let members =
        [vec![MemberType::User], vec![MemberType::Application], vec![MemberType::User, MemberType::Application]];
    let role = |(number, allowed_member_types)| AppRole {
        id: id(number),
        value: format!("Role.{number}"),
        display_name: format!("Role {number}"),
        description: HOSTILE.to_owned(),
        allowed_member_types,
        is_enabled: true,
    };
    (0x10..).zip(members).map(role).collect()
}

fn required_resource_access() -> Vec<RequiredResource> {
    let permission =
        |id: &str, r#type, name: &str| RequiredPermission { id: id.parse().unwrap(), r#type, name: name.to_owned() };
    let graph = vec![
        permission("37f7f235-527c-4136-accd-4a02d197296e", PermissionKind::Scope, "openid"),
        permission("df021288-bdef-4463-88db-98f22de89214", PermissionKind::Role, "User.Read.All"),
    ];
    let other = vec![permission("41094075-9dad-400e-a0bd-54e686782033", PermissionKind::Scope, "a name\nin two lines")];
    let resource =
        |app: &str, resource_access| RequiredResource { resource_app_id: app.parse().unwrap(), resource_access };
    vec![
        resource("00000003-0000-0000-c000-000000000000", graph),
        resource("797f4846-ba00-4fd7-ba43-dac1f8f63013", other),
    ]
}

fn optional_claims() -> OptionalClaims {
    let claim = |name, essential, additional_properties: &[&'static str]| OptionalClaim {
        name,
        essential,
        additional_properties: additional_properties.to_vec(),
    };
    OptionalClaims {
        id_token: vec![claim("login_hint", false, &[]), claim("acct", true, &[])],
        access_token: vec![
            claim("idtyp", false, &["include_user_token"]),
            claim("groups", false, &["cloud_displayname"]),
        ],
        saml2_token: vec![claim("groups", false, &[])],
    }
}

fn credential(name: &str, subject: &str) -> FederatedCredential {
    FederatedCredential {
        name: name.to_owned(),
        issuer: "https://token.actions.githubusercontent.com".to_owned(),
        subject: subject.to_owned(),
        audiences: vec!["api://AzureADTokenExchange".to_owned()],
    }
}

fn uris(texts: &[&str]) -> RedirectUris {
    RedirectUris { redirect_uris: texts.iter().map(|&text| text.to_owned()).collect() }
}

pub(super) fn id(number: u128) -> Guid {
    Guid::from_u128(0x1111_1111_0000_4000_8000_0000_0000_0000 + number)
}
