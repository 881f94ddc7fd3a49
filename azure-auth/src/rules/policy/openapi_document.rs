//! The document of an API (version 3.0): what its operations ask of callers, and where these sign in.

use std::collections::BTreeSet;

use azure_auth_policy::{Requirement, Via};
use serde_json::{Map, Value, json};

use super::report::{NameKind, names_of};
use crate::model::policies::declaration::Access;
use crate::model::policies::vocabulary::DescribedScope;

/// An operation of the API, as the document names it.
pub(crate) struct DocumentedOperation {
    pub(crate) path: String,
    pub(crate) method: String,
    pub(crate) access: Access,
    /// Scopes that it names, with what the application's vocabulary says of them.
    pub(crate) described: &'static [DescribedScope],
}

/// Where clients get their tokens.
pub(crate) struct TokenSource<'s> {
    pub(crate) authorization_endpoint: &'s str,
    pub(crate) token_endpoint: &'s str,
    /// What comes in front of this API's own scopes where clients ask for them.
    pub(crate) resource: &'s str,
}

impl TokenSource<'_> {
    fn scope(&self, name: &str) -> String {
        format!("{}/{name}", self.resource)
    }
}

/// A document with what is known before the application runs.
pub(crate) struct ApiDocument {
    document: Value,
    /// Those that the document has: an operation may be hidden.
    operations: Vec<DocumentedOperation>,
    /// The security scheme's name.
    scheme: &'static str,
}

impl ApiDocument {
    /// Adds to every operation how it refuses. What the application wrote stays.
    pub(crate) fn new(mut document: Value, mut operations: Vec<DocumentedOperation>) -> Self {
        let prefix = prefix(&document, &operations);
        operations.retain_mut(|operation| {
            operation.path.insert_str(0, &prefix);
            operation.method.make_ascii_lowercase();
            let Some(found) = found(&mut document, operation) else { return false };
            if let Access::Protected(requirement) = &operation.access {
                let responses = found.entry("responses").or_insert_with(|| Value::Object(Map::new()));
                refusal(responses, "401", "nobody is signed in, or the access token is not accepted");
                let expected = if requirement.admits_people() {
                    requirement.roles.map(|roles| format!("; expected the app role {roles}"))
                } else {
                    requirement
                        .application_roles
                        .map(|roles| format!("; expected an application with the role {roles}"))
                };
                refusal(responses, "403", &format!("not admitted{}", expected.unwrap_or_default()));
            }
            true
        });
        let is_taken = document["components"]["securitySchemes"].get("oauth2").is_some();
        Self { document, operations, scheme: if is_taken { "azure-auth" } else { "oauth2" } }
    }

    /// The same for clients of a provider whose tokens are not accepted.
    pub(crate) fn without_tokens(&self) -> Value {
        self.document.clone()
    }

    /// Adds the security scheme, and to every operation the scopes that it asks for.
    pub(crate) fn with_tokens_of(&self, source: &TokenSource<'_>) -> Value {
        let mut document = self.document.clone();
        for operation in &self.operations {
            let Some(requirement) = required(&operation.access).filter(|asked| asked.via != Some(Via::Session)) else {
                continue;
            };
            let Some(found) = found(&mut document, operation) else { continue };
            let scopes: Vec<String> = requirement.scopes.iter().map(|name| source.scope(name)).collect();
            let security = found.entry("security").or_insert_with(|| json!([{}]));
            // What the application asks for itself is asked for together with it.
            for alternative in security.as_array_mut().into_iter().flatten().filter_map(Value::as_object_mut) {
                alternative.insert(self.scheme.to_owned(), json!(scopes));
            }
        }
        let described = |name: &str| json!(self.description(name).unwrap_or_default());
        let scopes: Map<String, Value> =
            self.scope_names().into_iter().map(|name| (source.scope(name), described(name))).collect();
        document["components"]["securitySchemes"][self.scheme] = json!({
            "type": "oauth2",
            "flows": { "authorizationCode": {
                "authorizationUrl": source.authorization_endpoint,
                "tokenUrl": source.token_endpoint,
                "scopes": scopes,
            } },
        });
        document
    }

    /// Every scope of the API, as clients ask for it. Where operations name none, all that was granted.
    pub(crate) fn scopes(&self, source: &TokenSource<'_>) -> Vec<String> {
        self.scope_names().into_iter().map(|name| source.scope(name)).collect()
    }

    /// What the application's vocabulary says of a scope.
    fn description(&self, name: &str) -> Option<&'static str> {
        let mut described = self.operations.iter().flat_map(|operation| operation.described);
        described.find(|(described, _)| *described == name).and_then(|(_, description)| *description)
    }

    fn scope_names(&self) -> Vec<&'static str> {
        let requirements = self.operations.iter().filter_map(|operation| required(&operation.access));
        let scopes = requirements.flat_map(names_of).filter(|(_, kind)| *kind == NameKind::Scope);
        let names: BTreeSet<&'static str> = scopes.map(|(name, _)| name).collect();
        let all = names.is_empty().then_some(".default");
        names.into_iter().chain(all).collect()
    }
}

fn found<'d>(document: &'d mut Value, operation: &DocumentedOperation) -> Option<&'d mut Map<String, Value>> {
    document.get_mut("paths")?.get_mut(&operation.path)?.get_mut(&operation.method)?.as_object_mut()
}

fn required(access: &Access) -> Option<&Requirement<'static>> {
    match access {
        Access::Protected(requirement) => Some(requirement),
        Access::Public { .. } => None,
    }
}

/// RFC 9457, as every refusal of the library.
fn refusal(responses: &mut Value, status: &str, description: &str) {
    let Some(responses) = responses.as_object_mut() else { return };
    responses.entry(status).or_insert_with(|| {
        json!({
            "description": description,
            "content": { "application/problem+json": { "schema": { "type": "object", "properties": {
                "title": { "type": "string" },
                "status": { "type": "integer" },
                "detail": { "type": "string" },
                "code": { "type": "string" },
                "reference": { "type": "string" },
            } } } },
        })
    });
}

/// What the service puts in front of every path of its document.
fn prefix(document: &Value, operations: &[DocumentedOperation]) -> String {
    let Some(paths) = document["paths"].as_object() else { return String::new() };
    let documented = |prefix: &str| {
        operations.iter().filter(|operation| paths.contains_key(&format!("{prefix}{}", operation.path))).count()
    };
    let candidates: BTreeSet<&str> = paths
        .keys()
        .flat_map(|path| operations.iter().filter_map(|operation| path.strip_suffix(&*operation.path)))
        .collect();
    let best = candidates.into_iter().max_by_key(|prefix| (documented(prefix), usize::MAX - prefix.len()));
    best.unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use azure_auth_policy::Guid;
    use azure_auth_policy::{Choice, Policy};

    const READ: Requirement<'_> = Requirement { scopes: &["Files.Read"], ..Requirement::ANYONE };
    const EXPORT: Requirement<'_> = Requirement {
        allow: Some(&Policy::Any(&[Policy::Scope("Files.Export"), Policy::Role("Admin")])),
        ..Requirement::ANYONE
    };
    const SOURCE: TokenSource<'static> = TokenSource {
        authorization_endpoint: "https://login.example/authorize",
        token_endpoint: "https://login.example/token",
        resource: "1234",
    };

    fn protected(requirement: Requirement<'static>) -> Access {
        Access::Protected(requirement)
    }

    fn operation(path: &str, access: Access) -> DocumentedOperation {
        DocumentedOperation { path: path.to_owned(), method: "GET".to_owned(), access, described: &[] }
    }

    fn document(paths: &Value, operations: Vec<DocumentedOperation>) -> ApiDocument {
        ApiDocument::new(json!({ "paths": paths, "components": { "schemas": {} } }), operations)
    }

    #[test]
    fn an_operation_names_the_scopes_that_clients_must_ask_for() {
        let operations = vec![operation("/files", protected(READ)), operation("/me", Access::Public { reason: None })];
        let paths = json!({ "/files": { "get": {} }, "/me": { "get": {} } });
        let document = document(&paths, operations).with_tokens_of(&SOURCE);
        assert_eq!(document["paths"]["/files"]["get"]["security"], json!([{ "oauth2": ["1234/Files.Read"] }]));
        assert_eq!(document["paths"]["/me"]["get"], json!({}), "an open operation asks nothing");
    }

    #[test]
    fn every_scope_that_a_documented_policy_names_can_be_asked_for() {
        let paths = json!({ "/a": { "get": {} }, "/b": { "get": {} } });
        let operations = vec![
            operation("/a", protected(READ)),
            operation("/b", protected(EXPORT)),
            operation("/hidden", protected(Requirement { scopes: &["Hidden"], ..Requirement::ANYONE })),
        ];
        assert_eq!(document(&paths, operations).scopes(&SOURCE), ["1234/Files.Export", "1234/Files.Read"]);
        let anyone = vec![operation("/a", protected(Requirement::ANYONE))];
        assert_eq!(document(&paths, anyone).scopes(&SOURCE), ["1234/.default"]);
    }

    #[test]
    fn what_the_vocabulary_says_of_a_scope_is_told_beside_it() {
        let described = &[("Files.Read", Some("Read the files of the person")), ("Files.Export", None)];
        let operations = vec![
            DocumentedOperation { described, ..operation("/a", protected(READ)) },
            operation("/b", protected(EXPORT)),
        ];
        let paths = json!({ "/a": { "get": {} }, "/b": { "get": {} } });
        let document = document(&paths, operations).with_tokens_of(&SOURCE);
        let flows = &document["components"]["securitySchemes"]["oauth2"]["flows"];
        let expected = json!({ "1234/Files.Read": "Read the files of the person", "1234/Files.Export": "" });
        assert_eq!(flows["authorizationCode"]["scopes"], expected);
    }

    #[test]
    fn sessions_only_means_no_token() {
        let session = Requirement { via: Some(Via::Session), ..Requirement::ANYONE };
        let paths = json!({ "/page": { "get": {} } });
        let document = document(&paths, vec![operation("/page", protected(session))]).with_tokens_of(&SOURCE);
        let page = &document["paths"]["/page"]["get"];
        assert_eq!(page["security"], Value::Null);
        assert_eq!(page["responses"]["403"]["description"], "not admitted");
    }

    #[test]
    fn roles_are_told_and_groups_tenants_and_checks_are_not() {
        const IDS: [Guid; 1] = [Guid::from_u128(1)];
        let requirement = Requirement {
            roles: Some(Choice::Any(&["Admin", "Writer"])),
            groups: Some(Choice::All(&IDS)),
            tenants: &IDS,
            check: Some("secret_check"),
            ..READ
        };
        let paths = json!({ "/files": { "get": {} } });
        let document = document(&paths, vec![operation("/files", protected(requirement))]).with_tokens_of(&SOURCE);
        let refusals = &document["paths"]["/files"]["get"]["responses"];
        let words = "not admitted; expected the app role any of Admin, Writer";
        assert_eq!(refusals["403"]["description"], words);
        assert!(!document.to_string().contains("secret_check") && !document.to_string().contains("00000000-"));
    }

    #[test]
    fn what_is_for_applications_only_says_so() {
        let requirement = Requirement { application_roles: Some(Choice::Any(&["Jobs.Run"])), ..Requirement::ANYONE };
        let paths = json!({ "/jobs": { "get": {} } });
        let document = document(&paths, vec![operation("/jobs", protected(requirement))]).with_tokens_of(&SOURCE);
        let words = "not admitted; expected an application with the role Jobs.Run";
        assert_eq!(document["paths"]["/jobs"]["get"]["responses"]["403"]["description"], words);
    }

    #[test]
    fn what_the_application_wrote_stays() {
        let paths = json!({ "/files": { "get": {
            "responses": { "403": { "description": "mine" } },
            "security": [{ "key": [] }, { "basic": [] }],
        } } });
        let schemes = json!({ "oauth2": { "type": "apiKey" } });
        let document = json!({ "paths": paths, "components": { "securitySchemes": schemes } });
        let document = ApiDocument::new(document, vec![operation("/files", protected(READ))]).with_tokens_of(&SOURCE);
        let files = &document["paths"]["/files"]["get"];
        assert_eq!(files["responses"]["403"], json!({ "description": "mine" }));
        assert!(files["responses"]["401"]["description"].is_string());
        let ours = json!(["1234/Files.Read"]);
        assert_eq!(files["security"], json!([{ "key": [], "azure-auth": ours }, { "basic": [], "azure-auth": ours }]));
        let schemes = &document["components"]["securitySchemes"];
        assert_eq!((&schemes["oauth2"]["type"], &schemes["azure-auth"]["type"]), (&json!("apiKey"), &json!("oauth2")));
    }

    #[test]
    fn without_tokens_there_is_no_scheme() {
        let paths = json!({ "/files": { "get": {} } });
        let document = document(&paths, vec![operation("/files", protected(READ))]).without_tokens();
        assert_eq!(document["components"], json!({ "schemas": {} }));
        assert_eq!(document["paths"]["/files"]["get"]["security"], Value::Null);
    }

    #[test]
    fn a_prefix_of_the_whole_service_is_found() {
        let operations = || [operation("/files", protected(READ)), operation("/x/files", protected(EXPORT))];
        for prefix in ["", "/api", "/x"] {
            let mut paths = Map::new();
            for operation in operations() {
                paths.insert(format!("{prefix}{}", operation.path), json!({ "get": {} }));
            }
            assert_eq!(super::prefix(&json!({ "paths": paths }), &operations()), prefix);
        }
        // The second is hidden.
        let hidden = json!({ "paths": { "/api/files": { "get": {} } } });
        assert_eq!(super::prefix(&hidden, &operations()), "/api");
    }

    #[test]
    fn what_is_no_document_stays_one() {
        for odd in [json!(null), json!({ "paths": 7 }), json!({ "paths": { "/files": [] } })] {
            let document = ApiDocument::new(odd, vec![operation("/files", protected(READ))]);
            assert_eq!(document.scopes(&SOURCE), ["1234/.default"]);
        }
    }
}
