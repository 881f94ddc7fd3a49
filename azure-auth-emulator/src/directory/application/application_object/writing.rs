//! From a registration to the application object.

use serde_json::{Value, json};
use thiserror::Error;

use super::{APPLICATIONS, PEOPLE, optional_claims};
use crate::directory::application::Application;
use crate::directory::application::credentials::FederatedCredential;
use crate::directory::guid::invented_id;
use crate::directory::resources::first_party::{FirstParty, PermissionKind};
use crate::directory::resources::graph_permission::openid_id;
use crate::directory::resources::resource::Resource;
use crate::directory::seed::Directory;

/// A permission that the object cannot name, because it names permissions by id.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("the id of the permission {permission:?} of {api} was not published; leave it out of the registration")]
pub(crate) struct UnpublishedId {
    pub(crate) permission: String,
    pub(crate) api: String,
}

impl Application {
    /// The registration in the shape of the application object of Microsoft Graph.
    pub(crate) fn to_registration(&self, directory: &Directory) -> Result<Value, UnpublishedId> {
        Ok(json!({
            "id": invented_id(&format!("object of {}", self.client_id)),
            "appId": self.client_id,
            "displayName": self.name,
            "signInAudience": self.details.audience.as_deref().unwrap_or("AzureADandPersonalMicrosoftAccount"),
            "identifierUris": [self.uri()],
            "groupMembershipClaims": self.write_group_claims(),
            "web": {
                "redirectUris": self.redirect_uris,
                "logoutUrl": self.front_channel_logout_url,
                "implicitGrantSettings": {"enableIdTokenIssuance": false, "enableAccessTokenIssuance": false},
            },
            "spa": {"redirectUris": self.single_page_redirect_uris},
            "publicClient": {"redirectUris": []},
            "isFallbackPublicClient": false,
            "api": self.write_api(),
            "appRoles": self.write_roles(),
            "requiredResourceAccess": self.write_required(directory)?,
            "optionalClaims": optional_claims::write(self),
            "keyCredentials": self.write_certificates(),
            "passwordCredentials": [],
            "federatedCredentials": self.write_federated_credentials(),
        }))
    }

    fn write_group_claims(&self) -> Option<&str> {
        let written = self.details.group_claims.as_deref();
        written.or((!self.details.leaves_out_groups).then_some("SecurityGroup"))
    }

    fn write_api(&self) -> Value {
        let scope = |value: &String| {
            let is_of_administrators = self.details.scopes_of_administrators.contains(value);
            json!({
                "id": self.permission_id(value), "value": value, "isEnabled": true,
                "type": if is_of_administrators { "Admin" } else { "User" },
                "adminConsentDisplayName": value, "adminConsentDescription": value,
                "userConsentDisplayName": value, "userConsentDescription": value,
            })
        };
        let trusted = self.details.pre_authorized.iter().map(|trusted| {
            let ids: Vec<_> = trusted.scopes.iter().map(|scope| self.permission_id(scope)).collect();
            json!({"appId": trusted.client_id, "delegatedPermissionIds": ids})
        });
        json!({
            "requestedAccessTokenVersion": self.access_token_version,
            "acceptMappedClaims": null,
            "knownClientApplications": self.details.known_clients,
            "oauth2PermissionScopes": self.scopes.iter().map(scope).collect::<Vec<_>>(),
            "preAuthorizedApplications": trusted.collect::<Vec<_>>(),
        })
    }

    /// A role of both kinds of callers is one role.
    fn write_roles(&self) -> Vec<Value> {
        let (people, applications) = (&self.app_roles, &self.app_roles_for_applications);
        let values = people.iter().chain(applications.iter().filter(|value| !people.contains(value)));
        let members = |value: &String| {
            let of = [(PEOPLE, people), (APPLICATIONS, applications)].into_iter();
            of.filter(|(_, roles)| roles.contains(value)).map(|(name, _)| name).collect::<Vec<_>>()
        };
        let role = |value: &String| {
            json!({
                "id": self.permission_id(value), "value": value, "displayName": value, "description": value,
                "allowedMemberTypes": members(value), "isEnabled": true,
            })
        };
        values.map(role).collect()
    }

    /// One entry for each API, in the order in which they are first named.
    fn write_required(&self, directory: &Directory) -> Result<Vec<Value>, UnpublishedId> {
        let mut required: Vec<(String, Vec<Value>)> = Vec::new();
        let mut add = |api: &str, id: &str, kind: PermissionKind| {
            let access = json!({"id": id, "type": kind.name()});
            match required.iter_mut().find(|(known, _)| known == api) {
                Some((_, accesses)) => accesses.push(access),
                None => required.push((api.to_owned(), vec![access])),
            }
        };
        for id in self.details.openid_scopes.iter().filter_map(|scope| openid_id(scope)) {
            add(FirstParty::Graph.application_id(), id, PermissionKind::Scope);
        }
        let listed = self.delegated_permissions.iter().map(|one| (&one.resource, &one.scope, PermissionKind::Scope));
        let granted = self.permissions.iter().map(|one| (&one.resource, &one.role, PermissionKind::Role));
        for (resource, value, kind) in listed.chain(granted) {
            // Both were checked at the start.
            let Ok(api) = Resource::named(resource, directory) else { continue };
            let id = api.permission_id(value, kind);
            let without = || UnpublishedId { permission: value.clone(), api: api.name().to_owned() };
            add(api.id(), &id.ok_or_else(without)?, kind);
        }
        let entry = |(api, accesses)| json!({"resourceAppId": api, "resourceAccess": accesses});
        Ok(required.into_iter().map(entry).collect())
    }

    fn write_certificates(&self) -> Vec<Value> {
        let credential = |key: String| json!({"type": "AsymmetricX509Cert", "usage": "Verify", "key": key});
        self.read_certificates().map(|certificate| credential(certificate.to_base64())).collect()
    }

    fn write_federated_credentials(&self) -> Vec<Value> {
        let credential = |(place, one): (usize, &FederatedCredential)| {
            let name = one.name.clone().unwrap_or_else(|| format!("credential-{}", place + 1));
            json!({"name": name, "issuer": one.issuer, "subject": one.subject, "audiences": one.audiences})
        };
        self.federated_credentials.iter().enumerate().map(credential).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_permission_whose_id_was_not_published_is_named() {
        let application =
            Application::new("x").delegated_permission("https://graph.microsoft.com", "AgentCardManifest.Read.All");
        let error = application.to_registration(&Directory::default()).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the id of the permission \"AgentCardManifest.Read.All\" of Microsoft Graph was not published; leave it out of the \
             registration"
        );
    }
}
