//! One table: first the tokens that pass, then tokens one defect away.

use super::*;
use crate::model::issuer::IssuerPattern;
use crate::rules::id_token::tests::{CLIENT, HEADER, NOW, OBJECT, TENANT, key, key_set, metadata, sign};
use serde_json::{Value, json};

const HOST: &str = "https://login.microsoftonline.com";

pub(crate) fn delegated() -> Value {
    json!({
        "aud": CLIENT, "iss": format!("{HOST}/{TENANT}/v2.0"), "iat": NOW.0 - 300, "nbf": NOW.0 - 300, "exp": NOW.0 + 3600,
        "azp": "77777777-eeee-4fff-8000-888888888888", "azpacr": "1", "name": "Adele Vance", "oid": OBJECT,
        "preferred_username": "adele@contoso.com", "scp": "Files.Read Files.List", "roles": ["Admin"], "sub": "s", "tid": TENANT,
        "uti": "u", "ver": "2.0",
    })
}

fn application() -> Value {
    let mut claims = delegated();
    for name in ["name", "preferred_username", "scp"] {
        claims.as_object_mut().unwrap().remove(name);
    }
    claims["roles"] = json!(["Files.Read.All"]);
    claims
}

fn judged_with(token: &str, metadata: &ProviderMetadata) -> Result<Principal, Box<RefusedAccessToken>> {
    let keys = key_set(vec![key(&json!({"issuer": format!("{HOST}/{TENANT}/v2.0")}))], true);
    let audiences = [CLIENT.to_owned(), format!("api://{CLIENT}")];
    let expected = Expectations { metadata, tenants: &AcceptedTenants::OfAuthority, audiences: &audiences, keep: &[] };
    validate(token, &keys, &expected, NOW).map(ValidatedAccessToken::into_principal)
}

fn judged(claims: &Value) -> Result<Principal, AccessTokenError> {
    judged_with(&sign(HEADER, &claims.to_string()), &metadata()).map_err(|refused| refused.error)
}

#[test]
fn a_delegated_token_proves_the_person_and_the_clients_permissions() {
    let principal = judged(&delegated()).unwrap();
    let Party::User(identity) = &principal.party else { panic!("{principal:?}") };
    assert_eq!(identity.id, UserId::Entra { tenant: TENANT.parse().unwrap(), object: OBJECT.parse().unwrap() });
    let Evidence::Bearer(permissions) = &principal.evidence else { panic!("{principal:?}") };
    assert!(permissions.contains("Files.Read") && !permissions.contains("Files"));
}

#[test]
fn a_token_without_scopes_and_with_roles_is_an_applications_own() {
    let principal = judged(&application()).unwrap();
    let Party::Application(application) = &principal.party else { panic!("{principal:?}") };
    assert_eq!(application.client_id, "77777777-eeee-4fff-8000-888888888888");
    assert_eq!(application.roles, ["Files.Read.All"]);
}

#[test]
fn a_first_version_token_is_accepted_at_microsofts_own_authorities() {
    let mut claims = delegated();
    claims["ver"] = json!("1.0");
    claims["iss"] = json!(format!("https://sts.windows.net/{TENANT}/"));
    claims["aud"] = json!(format!("api://{CLIENT}/"));
    claims["appid"] = claims["azp"].take();
    claims.as_object_mut().unwrap().remove("azp");
    assert!(judged(&claims).is_ok());
    let elsewhere = ProviderMetadata { first_version_issuer: None, ..metadata() };
    let refused = judged_with(&sign(HEADER, &claims.to_string()), &elsewhere).unwrap_err();
    assert!(matches!(refused.error, AccessTokenError::FirstVersion { .. }));
    let other =
        ProviderMetadata { first_version_issuer: Some(IssuerPattern::parse("https://sts.example/")), ..metadata() };
    let refused = judged_with(&sign(HEADER, &claims.to_string()), &other).unwrap_err();
    assert!(matches!(refused.error, AccessTokenError::Claim(ClaimError::Issuer { .. })));
}
