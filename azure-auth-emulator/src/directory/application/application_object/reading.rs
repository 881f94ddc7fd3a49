//! From the application object to a registration.

use serde_json::Value;

use super::member::Member;
use super::{optional_claims, permissions};
use crate::directory::application::Application;
use crate::directory::application::certificate::{Certificate, pem_of_base64};
use crate::directory::application::credentials::FederatedCredential;
use crate::faults::start_error::StartError;

/// What the object has and a registration here does not: when and by whom it was made, how it is shown, and secrets, whose
/// values it does not hold.
const WITHOUT_MEANING: [&str; 26] = [
    "id",
    "addIns",
    "applicationTemplateId",
    "authenticationBehaviors",
    "certification",
    "createdByAppId",
    "createdDateTime",
    "defaultRedirectUri",
    "deletedDateTime",
    "description",
    "disabledByMicrosoftStatus",
    "info",
    "isDeviceOnlyAuthSupported",
    "nativeAuthenticationApisEnabled",
    "notes",
    "oauth2RequirePostResponse",
    "parentalControlSettings",
    "passwordCredentials",
    "publisherDomain",
    "requestSignatureVerification",
    "samlMetadataUrl",
    "serviceManagementReference",
    "servicePrincipalLockConfiguration",
    "tags",
    "uniqueName",
    "verifiedPublisher",
];

const MEMBERS: [&str; 15] = [
    "api",
    "appId",
    "appRoles",
    "displayName",
    "federatedCredentials",
    "groupMembershipClaims",
    "identifierUris",
    "isFallbackPublicClient",
    "keyCredentials",
    "optionalClaims",
    "publicClient",
    "requiredResourceAccess",
    "signInAudience",
    "spa",
    "web",
];

const DEVICES: &str = "is for programs on devices, which this emulator does not serve";

const AUDIENCES: [&str; 4] =
    ["AzureADMyOrg", "AzureADMultipleOrgs", "AzureADandPersonalMicrosoftAccount", "PersonalMicrosoftAccount"];

pub(super) fn read(registration: &Value) -> Result<Application, StartError> {
    let object = Member::whole(registration);
    object.check_object(&[&MEMBERS[..], &WITHOUT_MEANING].concat())?;
    let mut application = Application::new(object.required_text("displayName")?);
    if let Some(id) = object.text_of("appId")? {
        id.clone_into(&mut application.client_id);
    }
    application.details.audience = read_audience(&object)?;
    read_platforms(&object, &mut application)?;
    application.identifier_uri = object.texts_of("identifierUris")?.into_iter().next();
    application.details.leaves_out_groups = !has_groups(&object)?;
    application.details.group_claims = object.text_of("groupMembershipClaims")?.map(ToOwned::to_owned);
    if let Some(api) = object.get("api") {
        permissions::read_api(&api, &mut application)?;
    } else {
        application.access_token_version = permissions::VERSION_UNLESS_WRITTEN;
    }
    permissions::read_roles(&object, &mut application)?;
    permissions::read_pre_authorized(&object, &mut application)?;
    permissions::read_required(&object, &mut application)?;
    optional_claims::read(&object, &mut application)?;
    read_certificates(&object, &mut application)?;
    read_federated_credentials(&object, &mut application)?;
    Ok(application)
}

/// The emulator serves every account, and refuses only what no registration has.
fn read_audience(object: &Member<'_>) -> Result<Option<String>, StartError> {
    let Some(audience) = object.get("signInAudience") else { return Ok(None) };
    let written = audience.text()?;
    if AUDIENCES.contains(&written) {
        return Ok(Some(written.to_owned()));
    }
    Err(audience.wrong(&format!("is not one of {}", AUDIENCES.join(", "))))
}

/// Servers and pages sign people in here; devices do not.
fn read_platforms(object: &Member<'_>, application: &mut Application) -> Result<(), StartError> {
    if let Some(web) = object.get("web") {
        web.check_object(&[
            "homePageUrl",
            "implicitGrantSettings",
            "logoutUrl",
            "redirectUriSettings",
            "redirectUris",
        ])?;
        application.redirect_uris = web.texts_of("redirectUris")?;
        application.front_channel_logout_url = web.text_of("logoutUrl")?.map(ToOwned::to_owned);
        if let Some(implicit) = web.get("implicitGrantSettings") {
            implicit.check_object(&["enableAccessTokenIssuance", "enableIdTokenIssuance"])?;
            for name in ["enableAccessTokenIssuance", "enableIdTokenIssuance"] {
                implicit
                    .refuse_flag(name, "is true, but this emulator answers authorization requests with codes only")?;
            }
        }
    }
    if let Some(spa) = object.get("spa") {
        spa.check_object(&["redirectUris"])?;
        application.single_page_redirect_uris = spa.texts_of("redirectUris")?;
    }
    if let Some(devices) = object.get("publicClient") {
        devices.check_object(&["redirectUris"])?;
        devices.refuse_entries("redirectUris", DEVICES)?;
    }
    object.refuse_flag("isFallbackPublicClient", DEVICES)
}

/// Whether tokens have groups. Those of directories and of applications are the same here.
fn has_groups(object: &Member<'_>) -> Result<bool, StartError> {
    let Some(claims) = object.get("groupMembershipClaims") else { return Ok(false) };
    let mut has_groups = false;
    for kind in claims.text()?.split(',').map(str::trim) {
        match kind {
            "None" => {}
            "SecurityGroup" | "ApplicationGroup" | "All" => has_groups = true,
            "DirectoryRole" => {
                return Err(claims.wrong("asks for roles of the directory, which people here have none of"));
            }
            _ => return Err(claims.wrong("is not one of None, SecurityGroup, ApplicationGroup, All")),
        }
    }
    Ok(has_groups)
}

fn read_certificates(object: &Member<'_>, application: &mut Application) -> Result<(), StartError> {
    for credential in object.list_of("keyCredentials")? {
        let described = ["customKeyIdentifier", "displayName", "endDateTime", "keyId", "startDateTime"];
        credential.check_object(&[&described[..], &["key", "type", "usage"]].concat())?;
        for (name, expected) in [("type", "AsymmetricX509Cert"), ("usage", "Verify")] {
            if let Some(member) = credential.get(name)
                && member.text()? != expected
            {
                return Err(member.wrong(&format!("is not {expected}, which alone proves an application")));
            }
        }
        let without = || {
            credential.wrong("has no `key`, which Microsoft Graph gives only where `$select` names `keyCredentials`")
        };
        let pem = pem_of_base64(credential.text_of("key")?.ok_or_else(without)?);
        Certificate::read(&pem)
            .map_err(|problem| credential.wrong(&format!("is not a certificate in base64: {problem}")))?;
        application.certificates.push(pem);
    }
    Ok(())
}

fn read_federated_credentials(object: &Member<'_>, application: &mut Application) -> Result<(), StartError> {
    for credential in object.list_of("federatedCredentials")? {
        credential.check_object(&["audiences", "description", "id", "issuer", "name", "subject"])?;
        let (issuer, subject) = (credential.required_text("issuer")?, credential.required_text("subject")?);
        let mut read = FederatedCredential::new(issuer.to_owned(), subject.to_owned());
        read.name = credential.text_of("name")?.map(ToOwned::to_owned);
        if credential.get("audiences").is_some() {
            read.audiences = credential.texts_of("audiences")?;
        }
        application.federated_credentials.push(read);
    }
    Ok(())
}
