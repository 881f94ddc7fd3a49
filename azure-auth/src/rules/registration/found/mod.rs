//! An application object as somebody has it: of Microsoft Graph, or in the form of the retired manifest. What is absent is
//! empty, and what is disabled is not there.

mod members;
mod text;

use azure_auth_policy::Guid;
use serde_json::Value;

use self::members::{flag, guid, items, member, text_of, texts};
pub(crate) use self::text::{NotAnApplication, read};
use crate::model::registration::application::{MemberType, PermissionKind};

/// One registration.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct FoundApplication {
    pub(crate) app_id: Option<Guid>,
    pub(crate) display_name: Option<String>,
    pub(crate) sign_in_audience: Option<String>,
    pub(crate) identifier_uris: Vec<String>,
    pub(crate) group_membership_claims: Option<String>,
    pub(crate) home_page_url: Option<String>,
    pub(crate) logout_url: Option<String>,
    pub(crate) web_redirect_uris: Vec<String>,
    pub(crate) spa_redirect_uris: Vec<String>,
    pub(crate) public_redirect_uris: Vec<String>,
    pub(crate) is_fallback_public_client: bool,
    pub(crate) issues_id_tokens_at_once: bool,
    pub(crate) issues_access_tokens_at_once: bool,
    pub(crate) access_token_version: Option<u64>,
    pub(crate) known_clients: Vec<Guid>,
    pub(crate) scopes: Vec<FoundScope>,
    pub(crate) roles: Vec<FoundRole>,
    pub(crate) pre_authorized: Vec<FoundClient>,
    pub(crate) required: Vec<FoundAccess>,
    pub(crate) id_token_claims: Vec<FoundClaim>,
    pub(crate) access_token_claims: Vec<FoundClaim>,
    pub(crate) credentials: Vec<FoundCredential>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FoundScope {
    pub(crate) id: Option<Guid>,
    pub(crate) value: String,
    /// Whether only administrators may agree to it.
    pub(crate) is_for_administrators: bool,
    /// By the names of Microsoft Graph.
    pub(crate) texts: [(&'static str, String); 4],
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FoundRole {
    pub(crate) id: Option<Guid>,
    pub(crate) value: String,
    pub(crate) texts: [(&'static str, String); 2],
    /// Sorted.
    pub(crate) member_types: Vec<MemberType>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FoundClient {
    pub(crate) app_id: Guid,
    pub(crate) scope_ids: Vec<Guid>,
}

/// A permission of another API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct FoundAccess {
    pub(crate) api: Guid,
    pub(crate) id: Guid,
    pub(crate) kind: PermissionKind,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FoundClaim {
    pub(crate) name: String,
    pub(crate) additional_properties: Vec<String>,
}

/// A secret or a certificate, by what is not secret of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FoundCredential {
    /// `/passwordCredentials/<key id>`.
    pub(crate) place: String,
    pub(crate) end: Option<String>,
}

impl FoundApplication {
    /// Never fails: what cannot be read is absent.
    pub(crate) fn of(object: &Value) -> Self {
        let all = |name: &str| items(member(object, &[name]));
        let typed = |kind: &str| replies(object, kind);
        let implicit = |new: &str, old: &str| {
            flag(member(object, &["web", "implicitGrantSettings", new])) || flag(member(object, &[old]))
        };
        let either = |new: &[&str], old: &str| text_of(member(object, new)).or_else(|| text_of(member(object, &[old])));
        let version = |path: &[&str]| member(object, path).as_u64();
        Self {
            app_id: guid(member(object, &["appId"])),
            display_name: either(&["displayName"], "name"),
            sign_in_audience: text_of(member(object, &["signInAudience"])),
            identifier_uris: texts(member(object, &["identifierUris"])),
            group_membership_claims: text_of(member(object, &["groupMembershipClaims"])),
            home_page_url: either(&["web", "homePageUrl"], "homepage"),
            logout_url: either(&["web", "logoutUrl"], "logoutUrl"),
            web_redirect_uris: [texts(member(object, &["web", "redirectUris"])), typed("Web")].concat(),
            spa_redirect_uris: [texts(member(object, &["spa", "redirectUris"])), typed("Spa")].concat(),
            public_redirect_uris: [texts(member(object, &["publicClient", "redirectUris"])), typed("InstalledClient")]
                .concat(),
            is_fallback_public_client: flag(member(object, &["isFallbackPublicClient"]))
                || flag(member(object, &["allowPublicClient"])),
            issues_id_tokens_at_once: implicit("enableIdTokenIssuance", "oauth2AllowIdTokenImplicitFlow"),
            issues_access_tokens_at_once: implicit("enableAccessTokenIssuance", "oauth2AllowImplicitFlow"),
            access_token_version: version(&["api", "requestedAccessTokenVersion"])
                .or_else(|| version(&["accessTokenAcceptedVersion"])),
            known_clients: known_clients(object),
            scopes: [items(member(object, &["api", "oauth2PermissionScopes"])), all("oauth2Permissions")]
                .concat()
                .into_iter()
                .filter_map(scope)
                .collect(),
            roles: all("appRoles").into_iter().filter_map(role).collect(),
            pre_authorized: [
                items(member(object, &["api", "preAuthorizedApplications"])),
                all("preAuthorizedApplications"),
            ]
            .concat()
            .into_iter()
            .filter_map(client)
            .collect(),
            required: all("requiredResourceAccess").into_iter().flat_map(access).collect(),
            id_token_claims: claims(member(object, &["optionalClaims", "idToken"])),
            access_token_claims: claims(member(object, &["optionalClaims", "accessToken"])),
            credentials: ["passwordCredentials", "keyCredentials"]
                .into_iter()
                .flat_map(|kind| credentials(object, kind))
                .collect(),
        }
    }

    /// A scope by its value. Entra ID takes it in any letters.
    pub(crate) fn scope(&self, value: &str) -> Option<&FoundScope> {
        self.scopes.iter().find(|scope| scope.value.eq_ignore_ascii_case(value))
    }

    pub(crate) fn name_of_scope(&self, id: Guid) -> Option<&str> {
        self.scopes.iter().find(|scope| scope.id == Some(id)).map(|scope| scope.value.as_str())
    }
}

/// `replyUrlsWithType` of the retired manifest.
fn replies(object: &Value, kind: &str) -> Vec<String> {
    let all = items(member(object, &["replyUrlsWithType"]));
    let of_kind = all.into_iter().filter(|reply| text_of(member(reply, &["type"])).is_some_and(|found| found == kind));
    of_kind.filter_map(|reply| text_of(member(reply, &["url"]))).collect()
}

fn known_clients(object: &Value) -> Vec<Guid> {
    let now = texts(member(object, &["api", "knownClientApplications"]));
    let before = texts(member(object, &["knownClientApplications"]));
    now.iter().chain(&before).filter_map(|id| id.parse().ok()).collect()
}

fn scope(found: &Value) -> Option<FoundScope> {
    let text = |name: &'static str| (name, text_of(member(found, &[name])).unwrap_or_default());
    Some(FoundScope {
        value: enabled_value(found)?,
        id: guid(member(found, &["id"])),
        is_for_administrators: text("type").1 == "Admin",
        texts: [
            "adminConsentDisplayName",
            "adminConsentDescription",
            "userConsentDisplayName",
            "userConsentDescription",
        ]
        .map(text),
    })
}

fn role(found: &Value) -> Option<FoundRole> {
    let text = |name: &'static str| (name, text_of(member(found, &[name])).unwrap_or_default());
    let mut member_types: Vec<MemberType> = texts(member(found, &["allowedMemberTypes"]))
        .iter()
        .filter_map(|kind| match kind.as_str() {
            "User" => Some(MemberType::User),
            "Application" => Some(MemberType::Application),
            _ => None,
        })
        .collect();
    member_types.sort_unstable();
    member_types.dedup();
    let value = enabled_value(found)?;
    Some(FoundRole {
        value,
        id: guid(member(found, &["id"])),
        texts: ["displayName", "description"].map(text),
        member_types,
    })
}

/// What is disabled is in no token. Without a word it is enabled.
fn enabled_value(found: &Value) -> Option<String> {
    let is_disabled = member(found, &["isEnabled"]).as_bool() == Some(false);
    text_of(member(found, &["value"])).filter(|_| !is_disabled)
}

fn client(found: &Value) -> Option<FoundClient> {
    let now = texts(member(found, &["delegatedPermissionIds"]));
    let before = texts(member(found, &["permissionIds"]));
    let scope_ids = now.iter().chain(&before).filter_map(|id| id.parse().ok()).collect();
    Some(FoundClient { app_id: guid(member(found, &["appId"]))?, scope_ids })
}

fn access(found: &Value) -> Vec<FoundAccess> {
    let Some(api) = guid(member(found, &["resourceAppId"])) else { return Vec::new() };
    let permission = |found: &Value| {
        let kind = match text_of(member(found, &["type"]))?.as_str() {
            "Scope" => PermissionKind::Scope,
            "Role" => PermissionKind::Role,
            _ => return None,
        };
        Some(FoundAccess { api, id: guid(member(found, &["id"]))?, kind })
    };
    items(member(found, &["resourceAccess"])).into_iter().filter_map(permission).collect()
}

fn claims(found: &Value) -> Vec<FoundClaim> {
    let claim = |found: &Value| {
        let additional_properties = texts(member(found, &["additionalProperties"]));
        Some(FoundClaim { name: text_of(member(found, &["name"]))?, additional_properties })
    };
    items(found).into_iter().filter_map(claim).collect()
}

fn credentials(object: &Value, kind: &str) -> Vec<FoundCredential> {
    let all = items(member(object, &[kind])).into_iter().enumerate();
    all.map(|(number, found)| {
        let id = guid(member(found, &["keyId"])).map_or_else(|| number.to_string(), |id| id.to_string());
        let end = text_of(member(found, &["endDateTime"])).or_else(|| text_of(member(found, &["endDate"])));
        FoundCredential { place: format!("/{kind}/{id}"), end }
    })
    .collect()
}
