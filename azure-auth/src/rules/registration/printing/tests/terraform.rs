use hcl::{Block, Body, Expression, Structure};
use serde_json::{Map, Value, json};

use super::examples;
use crate::model::registration::application::Registration;
use crate::rules::registration::printing::terraform::print;

/// Names that are not those of Microsoft Graph in the way of Terraform.
const NAMES: [(&str, &str); 9] = [
    ("access_token_issuance_enabled", "enableAccessTokenIssuance"),
    ("app_role", "appRoles"),
    ("enabled", "isEnabled"),
    ("fallback_public_client_enabled", "isFallbackPublicClient"),
    ("homepage_url", "homePageUrl"),
    ("id_token_issuance_enabled", "enableIdTokenIssuance"),
    ("implicit_grant", "implicitGrantSettings"),
    ("oauth2_permission_scope", "oauth2PermissionScopes"),
    ("single_page_application", "spa"),
];

/// Blocks of which there are several.
const REPEATED: [&str; 7] = [
    "access_token",
    "app_role",
    "id_token",
    "oauth2_permission_scope",
    "required_resource_access",
    "resource_access",
    "saml2_token",
];

/// The name as Microsoft Graph has it.
fn name(of_terraform: &str) -> String {
    if let Some((_, name)) = NAMES.iter().find(|(name, _)| *name == of_terraform) {
        return (*name).to_owned();
    }
    let mut words = of_terraform.split('_');
    let first = words.next().unwrap().to_owned();
    first + &words.map(|word| word[..1].to_uppercase() + &word[1..]).collect::<String>()
}

/// What is in braces, under the names of Microsoft Graph.
fn object(body: &Body) -> Value {
    let mut members = Map::new();
    for structure in body {
        match structure {
            Structure::Attribute(attribute) => {
                members.insert(name(&attribute.key), value(&attribute.expr));
            }
            Structure::Block(block) if REPEATED.contains(&block.identifier.as_str()) => {
                let values = members.entry(name(&block.identifier)).or_insert_with(|| json!([]));
                values.as_array_mut().unwrap().push(object(&block.body));
            }
            Structure::Block(block) => {
                assert!(members.insert(name(&block.identifier), object(&block.body)).is_none(), "{block:?}");
            }
        }
    }
    Value::Object(members)
}

/// What Terraform finds is between `⟨` and `⟩`.
fn value(expression: &Expression) -> Value {
    match expression {
        Expression::String(text) => json!(text),
        Expression::Bool(value) => json!(value),
        Expression::Number(number) => json!(number.as_u64().unwrap()),
        Expression::Array(values) => values.iter().map(value).collect(),
        other => json!(format!("⟨{other}⟩")),
    }
}

/// The one block with this head.
fn block<'f>(file: &'f Body, head: &[&str]) -> &'f Block {
    let has_head = |block: &&Block| {
        let labels = block.labels.iter().map(hcl::BlockLabel::as_str);
        [block.identifier.as_str()].into_iter().chain(labels).eq(head.iter().copied())
    };
    let mut found = file.blocks().filter(has_head);
    let first = found.next().unwrap_or_else(|| panic!("{head:?}"));
    assert!(found.next().is_none(), "{head:?}");
    first
}

fn labels(file: &Body, kind: &str) -> Vec<String> {
    let resources = file.blocks().filter(|block| block.labels.first().is_some_and(|label| label.as_str() == kind));
    resources.map(|block| block.labels[1].as_str().to_owned()).collect()
}

/// Without what Terraform takes for said when it is not.
fn without_defaults(value: Value) -> Value {
    let is_default = |name: &str, value: &Value| {
        let is_empty = *value == json!("") || *value == json!([]) || *value == json!({});
        is_empty || (name == "essential" && *value == json!(false))
    };
    match value {
        Value::Object(members) => {
            let members = members.into_iter().map(|(name, value)| (name, without_defaults(value)));
            Value::Object(members.filter(|(name, value)| !is_default(name, value)).collect())
        }
        Value::Array(values) => {
            values.into_iter().map(without_defaults).filter(|value| *value != json!("include_user_token")).collect()
        }
        other => other,
    }
}

pub(super) fn display_name(registration: &Registration) -> Value {
    let file = hcl::parse(&print(registration)).unwrap();
    object(&block(&file, &["resource", "azuread_application", "application"]).body)["displayName"].clone()
}

#[test]
fn the_application_is_what_was_given() {
    for (example, registration) in examples::all() {
        let file = hcl::parse(&print(&registration)).unwrap();
        let mut expected = json!(registration.application);
        expected["api"].as_object_mut().unwrap().remove("preAuthorizedApplications");
        let members = expected.as_object_mut().unwrap();
        match members.remove("appId") {
            Some(id) => members["identifierUris"] = json!([format!("api://{}", id.as_str().unwrap())]),
            None => members["identifierUris"] = json!([]),
        }
        if let Some(claims) = members.get_mut("groupMembershipClaims") {
            *claims = json!([*claims]);
        }
        let mut found = object(&block(&file, &["resource", "azuread_application", "application"]).body);
        let lifecycle = found.as_object_mut().unwrap().remove("lifecycle");
        assert_eq!(without_defaults(found), without_defaults(expected), "{example}");
        let ignored = json!({"ignoreChanges": ["⟨identifier_uris⟩", "⟨optional_claims⟩"]});
        assert_eq!(lifecycle, (example == "complete").then_some(ignored), "{example}");
    }
}

#[test]
fn what_belongs_to_the_application_names_it() {
    let registration = examples::complete();
    let file = hcl::parse(&print(&registration)).unwrap();
    let application = "⟨azuread_application.application.id⟩";
    let resource = |kind: &str, label: &str| object(&block(&file, &["resource", kind, label]).body);

    let kind = "azuread_application_identifier_uri";
    let of_client = "⟨\"api://${azuread_application.application.client_id}\"⟩";
    for (label, uri) in labels(&file, kind).iter().zip([of_client, "https://contoso.com/tasks"]) {
        assert_eq!(resource(kind, label), json!({"applicationId": application, "identifierUri": uri}));
    }
    assert_eq!(labels(&file, kind).len(), 2);

    let kind = "azuread_application_pre_authorized";
    let clients = &registration.application.api.pre_authorized_applications;
    for (label, client) in labels(&file, kind).iter().zip(clients) {
        let expected = json!({
            "applicationId": application, "authorizedClientId": client.app_id,
            "permissionIds": client.delegated_permission_ids,
        });
        assert_eq!(resource(kind, label), expected);
    }
    assert_eq!(labels(&file, kind).len(), clients.len());

    let kind = "azuread_application_federated_identity_credential";
    for (label, credential) in labels(&file, kind).iter().zip(&registration.federated_credentials) {
        let mut expected = json!(credential);
        let name = expected.as_object_mut().unwrap().remove("name").unwrap();
        expected["displayName"] = name;
        expected["applicationId"] = json!(application);
        assert_eq!(resource(kind, label), expected);
    }
    assert_eq!(labels(&file, kind).len(), registration.federated_credentials.len());
    let client = "⟨azuread_application.application.client_id⟩";
    let principal = json!({"clientId": client, "useExisting": true});
    assert_eq!(resource("azuread_service_principal", "principal"), principal);
}

#[test]
fn an_application_that_is_known_is_imported() {
    let file = hcl::parse(&print(&examples::registered())).unwrap();
    let known = json!({"clientId": examples::id(0xA)});
    assert_eq!(object(&block(&file, &["data", "azuread_application", "registered"]).body), known);
    let import = object(&block(&file, &["import"]).body);
    assert_eq!(import["to"], "⟨azuread_application.application⟩");
    assert_eq!(labels(&file, "azuread_application_identifier_uri"), [""; 0]);
}

#[test]
fn claims_that_the_provider_does_not_take_are_set_by_a_command() {
    let registration = examples::complete();
    let printed = print(&registration);
    let command = printed.lines().find(|line| line.starts_with("# az rest --method PATCH ")).unwrap();
    let body = command.split_once(" --body '").unwrap().1.strip_suffix('\'').unwrap();
    let body: Value = serde_json::from_str(body).unwrap();
    assert_eq!(body, json!({"optionalClaims": registration.application.optional_claims}));
    assert!(!print(&examples::minimal()).contains("az rest"));
}
