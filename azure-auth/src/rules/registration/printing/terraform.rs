//! A registration as a file for Terraform's provider `hashicorp/azuread`.

use std::collections::BTreeMap;

use azure_auth_policy::Guid;
use serde_json::json;

use super::bodies;
use super::comments::{comment, consent, head, permission_names};
use super::hcl::{self, Hcl};
use super::issuer::tenant_alias;
use crate::model::registration::application::{
    Api, AppRole, ApplicationObject, CLIENT_ID, ExposedScope, FederatedCredential, OptionalClaim, OptionalClaims,
    PreAuthorizedApplication, Registration, RequiredResource, Web,
};

const PROVIDER: &str = r#"terraform {
  required_providers {
    azuread = {
      source  = "hashicorp/azuread"
      version = "~> 3.0"
    }
  }
}
"#;

const APPLICATION: &str = "azuread_application.application";

/// What the provider lets be said of an optional claim. It refuses a file with anything else.
const CLAIM_PROPERTIES: [&str; 10] = [
    "cloud_displayname",
    "dns_domain_and_sam_account_name",
    "emit_as_roles",
    "include_externally_authenticated_upn",
    "include_externally_authenticated_upn_without_hash",
    "max_size_limit",
    "netbios_domain_and_sam_account_name",
    "on_premise_security_identifier",
    "sam_account_name",
    "use_guid",
];

/// The file.
pub(crate) fn print(registration: &Registration) -> String {
    let object = &registration.application;
    let head = head("#", registration, &[]) + &consent("#", object) + &left_claims(object);
    let mut file = Hcl::after(format!("{head}\n{PROVIDER}"));
    let alias = tenant_alias(object.sign_in_audience);
    if alias.is_none() {
        file.block(r#"data "azuread_client_config" "current""#, |_| {});
    }
    if let Some(id) = object.app_id {
        import(&mut file, id);
    }
    application(&mut file, registration);
    identifier_uris(&mut file, object);
    file.block(r#"resource "azuread_service_principal" "principal""#, |file| {
        file.expression("client_id", format!("{APPLICATION}.client_id"));
        file.attribute("use_existing", &true);
    });
    let names = permission_names(registration);
    for client in &object.api.pre_authorized_applications {
        pre_authorized(&mut file, client, &names);
    }
    for credential in &registration.federated_credentials {
        federated_credential(&mut file, credential);
    }
    outputs(&mut file, alias);
    file.finish()
}

/// The application that is there already becomes the one that Terraform keeps.
fn import(file: &mut Hcl, id: Guid) {
    file.block(r#"data "azuread_application" "registered""#, |file| file.attribute("client_id", &id));
    file.block("import", |file| {
        file.expression("to", APPLICATION);
        file.expression("id", r#""/applications/${data.azuread_application.registered.object_id}""#);
    });
}

fn application(file: &mut Hcl, registration: &Registration) {
    let object = &registration.application;
    file.block(r#"resource "azuread_application" "application""#, |file| {
        file.attribute("display_name", &object.display_name);
        file.attribute("sign_in_audience", &object.sign_in_audience);
        file.attribute("fallback_public_client_enabled", &object.is_fallback_public_client);
        if let Some(claims) = object.group_membership_claims {
            file.attribute("group_membership_claims", &[claims]);
        }
        if !object.identifier_uris.is_empty() && !bodies::waits_for_client_id(object) {
            file.attribute("identifier_uris", &bodies::identifier_uris(object));
        }
        web(file, &object.web);
        redirect_uris(file, "single_page_application", &object.spa.redirect_uris);
        redirect_uris(file, "public_client", &object.public_client.redirect_uris);
        api(file, &object.api);
        object.app_roles.iter().for_each(|role| app_role(file, role));
        object.required_resource_access.iter().for_each(|resource| required_resource(file, resource));
        optional_claims(file, &object.optional_claims);
        lifecycle(file, object);
    });
}

/// What is said elsewhere.
fn lifecycle(file: &mut Hcl, object: &ApplicationObject) {
    let identifier_uris = bodies::waits_for_client_id(object).then_some("identifier_uris");
    let optional_claims = has_left_claims(&object.optional_claims).then_some("optional_claims");
    let ignored: Vec<&str> = identifier_uris.into_iter().chain(optional_claims).collect();
    if !ignored.is_empty() {
        let ignored = format!("[{}]", ignored.join(", "));
        file.block("lifecycle", |file| file.expression("ignore_changes", ignored));
    }
}

fn web(file: &mut Hcl, web: &Web) {
    let Web { home_page_url, logout_url, redirect_uris, implicit_grant_settings } = web;
    file.block("web", |file| {
        for (name, url) in [("homepage_url", home_page_url), ("logout_url", logout_url)] {
            if let Some(url) = url {
                file.attribute(name, url);
            }
        }
        file.attribute("redirect_uris", redirect_uris);
        file.block("implicit_grant", |file| {
            file.attribute("id_token_issuance_enabled", &implicit_grant_settings.enable_id_token_issuance);
            file.attribute("access_token_issuance_enabled", &implicit_grant_settings.enable_access_token_issuance);
        });
    });
}

fn redirect_uris(file: &mut Hcl, block: &str, uris: &[String]) {
    if !uris.is_empty() {
        file.block(block, |file| file.attribute("redirect_uris", &uris));
    }
}

fn api(file: &mut Hcl, api: &Api) {
    file.block("api", |file| {
        file.attribute("requested_access_token_version", &api.requested_access_token_version);
        if !api.known_client_applications.is_empty() {
            file.attribute("known_client_applications", &api.known_client_applications);
        }
        for scope in &api.scopes {
            exposed_scope(file, scope);
        }
    });
}

fn exposed_scope(file: &mut Hcl, scope: &ExposedScope) {
    file.block("oauth2_permission_scope", |file| {
        file.attribute("id", &scope.id);
        file.attribute("value", &scope.value);
        file.attribute("type", &scope.r#type);
        file.attribute("enabled", &scope.is_enabled);
        for (name, text) in [
            ("admin_consent_display_name", &scope.admin_consent_display_name),
            ("admin_consent_description", &scope.admin_consent_description),
            ("user_consent_display_name", &scope.user_consent_display_name),
            ("user_consent_description", &scope.user_consent_description),
        ] {
            // The provider takes none, and refuses an empty one.
            if !text.is_empty() {
                file.attribute(name, text);
            }
        }
    });
}

fn app_role(file: &mut Hcl, role: &AppRole) {
    file.block("app_role", |file| {
        file.attribute("id", &role.id);
        file.attribute("value", &role.value);
        file.attribute("display_name", &role.display_name);
        file.attribute("description", &role.description);
        file.attribute("enabled", &role.is_enabled);
        file.attribute("allowed_member_types", &role.allowed_member_types);
    });
}

fn required_resource(file: &mut Hcl, resource: &RequiredResource) {
    file.block("required_resource_access", |file| {
        file.attribute("resource_app_id", &resource.resource_app_id);
        for permission in &resource.resource_access {
            file.block("resource_access", |file| {
                file.attribute("id", &permission.id);
                file.remark(&permission.name);
                file.attribute("type", &permission.r#type);
            });
        }
    });
}

fn optional_claims(file: &mut Hcl, claims: &OptionalClaims) {
    let OptionalClaims { id_token, access_token, saml2_token } = claims;
    let kinds = [("id_token", id_token), ("access_token", access_token), ("saml2_token", saml2_token)];
    if kinds.iter().all(|(_, claims)| claims.is_empty()) {
        return;
    }
    file.block("optional_claims", |file| {
        for (kind, claims) in kinds {
            for claim in claims {
                file.block(kind, |file| optional_claim(file, claim));
            }
        }
    });
}

fn optional_claim(file: &mut Hcl, claim: &OptionalClaim) {
    let OptionalClaim { name, essential, additional_properties } = claim;
    let is_taken = |property: &&&str| CLAIM_PROPERTIES.contains(*property);
    let taken: Vec<&&str> = additional_properties.iter().filter(is_taken).collect();
    file.attribute("name", name);
    if *essential {
        file.attribute("essential", essential);
    }
    if !taken.is_empty() {
        file.attribute("additional_properties", &taken);
    }
}

/// Whether the provider refuses something of them.
fn has_left_claims(claims: &OptionalClaims) -> bool {
    let all = claims.id_token.iter().chain(&claims.access_token).chain(&claims.saml2_token);
    all.flat_map(|claim| &claim.additional_properties).any(|property| !CLAIM_PROPERTIES.contains(property))
}

/// What sets the optional claims where the provider does not: once, as Terraform leaves them alone from then on.
fn left_claims(object: &ApplicationObject) -> String {
    if !has_left_claims(&object.optional_claims) {
        return String::new();
    }
    let address = "\"https://graph.microsoft.com/v1.0/applications(appId='<client id>')\"";
    let body = json!({ "optionalClaims": object.optional_claims });
    comment(
        "#",
        "Open: the provider takes the optional claims in part alone. All of them, once it has made the application:",
    ) + &comment("#", &format!("az rest --method PATCH --url {address} --body '{body}'"))
}

/// Those that name the client id, and the others with them: the application cannot name its own.
fn identifier_uris(file: &mut Hcl, object: &ApplicationObject) {
    if !bodies::waits_for_client_id(object) {
        return;
    }
    for (number, uri) in (1..).zip(&object.identifier_uris) {
        let head = format!(r#"resource "azuread_application_identifier_uri" "identifier_uri_{number}""#);
        let uri = hcl::string(uri).replace(CLIENT_ID, &format!("${{{APPLICATION}.client_id}}"));
        file.block(&head, |file| {
            file.expression("application_id", format!("{APPLICATION}.id"));
            file.expression("identifier_uri", uri);
        });
    }
}

fn pre_authorized(file: &mut Hcl, client: &PreAuthorizedApplication, names: &BTreeMap<Guid, &str>) {
    let PreAuthorizedApplication { app_id, delegated_permission_ids } = client;
    let scopes: Vec<&str> = delegated_permission_ids.iter().filter_map(|id| names.get(id).copied()).collect();
    if !scopes.is_empty() {
        file.comment(&format!("Nobody is asked for {}.", scopes.join(", ")));
    }
    file.block(&format!(r#"resource "azuread_application_pre_authorized" "client_{app_id}""#), |file| {
        file.expression("application_id", format!("{APPLICATION}.id"));
        file.attribute("authorized_client_id", app_id);
        file.attribute("permission_ids", delegated_permission_ids);
    });
}

fn federated_credential(file: &mut Hcl, credential: &FederatedCredential) {
    let FederatedCredential { name, issuer, subject, audiences } = credential;
    let label: String = name.chars().map(|it| if it.is_ascii_alphanumeric() || it == '-' { it } else { '_' }).collect();
    let head = format!(r#"resource "azuread_application_federated_identity_credential" "credential_{label}""#);
    file.block(&head, |file| {
        file.expression("application_id", format!("{APPLICATION}.id"));
        file.attribute("display_name", name);
        file.attribute("issuer", issuer);
        file.attribute("subject", subject);
        file.attribute("audiences", audiences);
    });
}

fn outputs(file: &mut Hcl, alias: Option<&str>) {
    let tenant = alias.unwrap_or("${data.azuread_client_config.current.tenant_id}");
    let issuer = format!("\"https://login.microsoftonline.com/{tenant}/v2.0\"");
    for (name, value) in [("AZURE_CLIENT_ID", format!("{APPLICATION}.client_id")), ("AZURE_ISSUER_URI", issuer)] {
        file.block(&format!("output \"{name}\""), |file| file.expression("value", value));
    }
}
