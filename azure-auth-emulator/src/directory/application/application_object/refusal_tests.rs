//! Members that are wrong, or that the emulator cannot honour.

use serde_json::json;

use super::tests::{ADMIN, CLIENT, GRAPH, READ, claim, object, required, role, scope};
use crate::directory::application::Application;
use crate::faults::start_error::StartError;

#[test]
fn what_cannot_be_honoured_is_refused_by_the_name_of_its_member() {
    for (written, member, words) in [
        (json!({"displayname": "x"}), "displayname", "is not a member"),
        (json!({"appId": 1}), "appId", "is not a text"),
        (json!({"signInAudience": "Everybody"}), "signInAudience", "is not one of AzureADMyOrg"),
        (json!({"web": {"redirectUri": []}}), "web.redirectUri", "it knows homePageUrl"),
        (json!({"web": {"redirectUris": ["a", 1]}}), "web.redirectUris[1]", "is not a text"),
        (json!({"web": {"redirectUris": "a"}}), "web.redirectUris", "is not a list"),
        (json!({"web": []}), "web", "is not an object"),
        (
            json!({"web": {"implicitGrantSettings": {"enableIdTokenIssuance": true}}}),
            "web.implicitGrantSettings.enableIdTokenIssuance",
            "codes only",
        ),
        (json!({"publicClient": {"redirectUris": ["x"]}}), "publicClient.redirectUris[0]", "on devices"),
        (json!({"isFallbackPublicClient": true}), "isFallbackPublicClient", "on devices"),
        (json!({"isFallbackPublicClient": "no"}), "isFallbackPublicClient", "is neither true nor false"),
        (json!({"groupMembershipClaims": "DirectoryRole"}), "groupMembershipClaims", "roles of the directory"),
        (json!({"groupMembershipClaims": "Some"}), "groupMembershipClaims", "is not one of None"),
        (json!({"tokenEncryptionKeyId": READ}), "tokenEncryptionKeyId", "is not a member"),
        (json!({"api": {"acceptMappedClaims": true}}), "api.acceptMappedClaims", "maps no claims"),
        (json!({"api": {"requestedAccessTokenVersion": 3}}), "api.requestedAccessTokenVersion", "neither 1 nor 2"),
        (
            json!({"api": {"oauth2PermissionScopes": [scope("a", "Both", true)]}}),
            "api.oauth2PermissionScopes[0]",
            "User and Admin",
        ),
        (json!({"api": {"oauth2PermissionScopes": [{"value": "a"}]}}), "api.oauth2PermissionScopes[0]", "has no `id`"),
        (
            json!({"api": {"preAuthorizedApplications": [{"appId": CLIENT, "delegatedPermissionIds": [READ]}]}}),
            "api.preAuthorizedApplications[0].delegatedPermissionIds[0]",
            "is not the id of an enabled scope",
        ),
        (json!({"appRoles": [role(ADMIN, "a", &["Group"])]}), "appRoles[0]", "allowedMemberTypes"),
        (
            json!({"appRoles": [role(ADMIN, "a", &["User"])], "api": {"oauth2PermissionScopes": [scope("a", "User", true)]}}),
            "appRoles[0]",
            "which is a scope as well",
        ),
        (
            required(GRAPH, READ, "Scope"),
            "requiredResourceAccess[0].resourceAccess[0]",
            "is not a permission that Microsoft Graph has",
        ),
        (required(GRAPH, READ, "Both"), "requiredResourceAccess[0].resourceAccess[0]", "Scope and Role"),
        (json!({"optionalClaims": {"idToken": [claim("ctry", &[])]}}), "optionalClaims.idToken[0]", "ctry"),
        (
            json!({"optionalClaims": {"accessToken": [claim("acrs", &["x"])]}}),
            "optionalClaims.accessToken[0].additionalProperties[0]",
            "is not a property",
        ),
        (
            json!({"optionalClaims": {"idToken": [{"name": "x", "source": "user"}]}}),
            "optionalClaims.idToken[0].source",
            "attributes of the directory",
        ),
        (json!({"optionalClaims": {"saml2Token": [claim("x", &[])]}}), "optionalClaims.saml2Token[0]", "SAML"),
        (json!({"keyCredentials": [{"type": "AsymmetricX509Cert"}]}), "keyCredentials[0]", "has no `key`"),
        (json!({"keyCredentials": [{"key": "AAAA"}]}), "keyCredentials[0]", "is not a certificate in base64"),
        (
            json!({"keyCredentials": [{"key": "AAAA", "type": "Symmetric"}]}),
            "keyCredentials[0].type",
            "is not AsymmetricX509Cert",
        ),
        (json!({"federatedCredentials": [{"issuer": "x"}]}), "federatedCredentials[0]", "has no `subject`"),
    ] {
        let error = Application::from_registration(&object(&written)).unwrap_err();
        assert!(error.to_string().contains(words), "{written}: {error}");
        let StartError::WrongRegistration { member: found, .. } = error else { panic!("{error}") };
        assert_eq!(found, member, "{written}");
    }
    for (written, words) in [(json!({}), "has no `displayName`"), (json!([]), "is not an object")] {
        assert!(Application::from_registration(&written).unwrap_err().to_string().contains(words), "{written}");
    }
}
