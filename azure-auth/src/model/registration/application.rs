//! The application object of Microsoft Graph v1.0, and what belongs to it and is kept apart from it there.
//!
//! Serialized it is what `GET /v1.0/applications` answers, without the members that the library has no opinion of.

use azure_auth_policy::Guid;
use serde::Serialize;

/// Stands for the client id in an identifier URI of an application that has none yet.
pub(crate) const CLIENT_ID: &str = "{appId}";

/// Everything that a program needs of its registration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Registration {
    pub(crate) application: ApplicationObject,
    /// Where it belongs, if the program is of one tenant.
    pub(crate) tenant: Option<Guid>,
    /// A collection of their own at Microsoft Graph.
    pub(crate) federated_credentials: Vec<FederatedCredential>,
    /// What the declarations need and this does not say, each with the reason and what to do about it.
    pub(crate) open_points: Vec<String>,
}

/// One registration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ApplicationObject {
    /// The client id, which Entra ID gives.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) app_id: Option<Guid>,
    pub(crate) display_name: String,
    pub(crate) sign_in_audience: SignInAudience,
    pub(crate) identifier_uris: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) group_membership_claims: Option<GroupMembershipClaims>,
    pub(crate) web: Web,
    pub(crate) spa: RedirectUris,
    pub(crate) public_client: RedirectUris,
    pub(crate) is_fallback_public_client: bool,
    pub(crate) api: Api,
    pub(crate) app_roles: Vec<AppRole>,
    pub(crate) required_resource_access: Vec<RequiredResource>,
    pub(crate) optional_claims: OptionalClaims,
}

/// Whose accounts sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(crate) enum SignInAudience {
    #[serde(rename = "AzureADMyOrg")]
    OneTenant,
    #[serde(rename = "AzureADMultipleOrgs")]
    WorkTenants,
    #[serde(rename = "AzureADandPersonalMicrosoftAccount")]
    Everybody,
    #[serde(rename = "PersonalMicrosoftAccount")]
    PersonalAccounts,
}

/// Which groups tokens name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(crate) enum GroupMembershipClaims {
    /// Those that are assigned to the application.
    ApplicationGroup,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Web {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) home_page_url: Option<String>,
    /// Where the end of a session at the provider is told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) logout_url: Option<String>,
    pub(crate) redirect_uris: Vec<String>,
    pub(crate) implicit_grant_settings: ImplicitGrantSettings,
}

/// Neither is needed: the code flow is the only one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ImplicitGrantSettings {
    pub(crate) enable_id_token_issuance: bool,
    pub(crate) enable_access_token_issuance: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RedirectUris {
    pub(crate) redirect_uris: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Api {
    /// 2 always: version 1 has other issuers and names.
    pub(crate) requested_access_token_version: u8,
    /// Client ids of programs whose consent is asked for together with that of this one.
    pub(crate) known_client_applications: Vec<Guid>,
    #[serde(rename = "oauth2PermissionScopes")]
    pub(crate) scopes: Vec<ExposedScope>,
    pub(crate) pre_authorized_applications: Vec<PreAuthorizedApplication>,
}

/// A delegated permission that others may ask for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ExposedScope {
    pub(crate) id: Guid,
    pub(crate) value: String,
    pub(crate) r#type: ScopeConsent,
    pub(crate) is_enabled: bool,
    pub(crate) admin_consent_display_name: String,
    pub(crate) admin_consent_description: String,
    pub(crate) user_consent_display_name: String,
    pub(crate) user_consent_description: String,
}

/// Who may agree to a scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(crate) enum ScopeConsent {
    User,
}

/// A client that people are not asked about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PreAuthorizedApplication {
    pub(crate) app_id: Guid,
    pub(crate) delegated_permission_ids: Vec<Guid>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AppRole {
    pub(crate) id: Guid,
    pub(crate) value: String,
    pub(crate) display_name: String,
    pub(crate) description: String,
    pub(crate) allowed_member_types: Vec<MemberType>,
    pub(crate) is_enabled: bool,
}

/// To whom a role may be given. `User`: to people and groups.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub(crate) enum MemberType {
    User,
    Application,
}

/// What a program needs of one API.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RequiredResource {
    /// The client id of the API.
    pub(crate) resource_app_id: Guid,
    pub(crate) resource_access: Vec<RequiredPermission>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RequiredPermission {
    pub(crate) id: Guid,
    pub(crate) r#type: PermissionKind,
    /// For people who read what is printed.
    #[serde(skip)]
    pub(crate) name: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(crate) enum PermissionKind {
    /// Delegated: for a person.
    Scope,
    /// For the program itself.
    Role,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_field_names, reason = "as Microsoft Graph calls them")]
pub(crate) struct OptionalClaims {
    pub(crate) id_token: Vec<OptionalClaim>,
    pub(crate) access_token: Vec<OptionalClaim>,
    pub(crate) saml2_token: Vec<OptionalClaim>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct OptionalClaim {
    pub(crate) name: &'static str,
    pub(crate) essential: bool,
    pub(crate) additional_properties: Vec<&'static str>,
}

/// A token of another issuer that proves the program.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct FederatedCredential {
    /// 3 to 120 letters, digits, `-` and `_`.
    pub(crate) name: String,
    pub(crate) issuer: String,
    pub(crate) subject: String,
    pub(crate) audiences: Vec<String>,
}
