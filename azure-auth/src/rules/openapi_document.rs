//! The document of an API (version 3.0): what its operations ask of callers, and where these sign in.

use serde_json::{Map, Value, json};

use super::report::{NameKind, names_of};
use super::requirement_words;
use crate::model::declaration::Access;
use crate::model::requirement::{Requirement, Via};

/// The name of the security scheme.
pub(crate) const SCHEME: &str = "oauth2";

/// One operation, as it is found in the document.
pub(crate) struct DocumentedOperation {
    pub(crate) path: String,
    pub(crate) method: String,
    pub(crate) access: Access,
}

/// Where clients get their tokens.
pub(crate) struct TokenSource<'s> {
    pub(crate) authorization_endpoint: &'s str,
    pub(crate) token_endpoint: &'s str,
    /// What stands in front of this API's own scopes where clients ask for them.
    pub(crate) resource: &'s str,
}

impl TokenSource<'_> {
    fn scope(&self, name: &str) -> String {
        format!("{}/{name}", self.resource)
    }
}

/// Every scope of the API, as clients ask for it. Where operations name none, all that was granted.
pub(crate) fn scopes(operations: &[DocumentedOperation], source: &TokenSource<'_>) -> Vec<String> {
    let requirements = operations.iter().filter_map(|operation| required(&operation.access));
    let scopes = requirements.flat_map(names_of).filter(|(_, kind)| *kind == NameKind::Scope);
    let mut names: Vec<&str> = scopes.map(|(name, _)| name).collect();
    names.sort_unstable();
    names.dedup();
    if names.is_empty() {
        names.push(".default");
    }
    names.into_iter().map(|name| source.scope(name)).collect()
}

/// Adds the security scheme, and to every operation what it asks and how it refuses. What the application wrote stays.
pub(crate) fn complete(document: &mut Value, operations: &[DocumentedOperation], source: Option<&TokenSource<'_>>) {
    let prefix = prefix(document, operations);
    for operation in operations {
        let path = format!("{prefix}{}", operation.path);
        let method = operation.method.to_ascii_lowercase();
        let found = document["paths"].get_mut(&path).and_then(|item| item.get_mut(&method));
        let (Some(Value::Object(found)), Some(requirement)) = (found, required(&operation.access)) else { continue };
        if let Some(source) = source.filter(|_| requirement.via != Some(Via::Session)) {
            let scopes: Vec<String> = requirement.scopes.iter().map(|name| source.scope(name)).collect();
            found.insert("security".to_owned(), json!([{ SCHEME: scopes }]));
        }
        let responses = found.entry("responses").or_insert_with(|| Value::Object(Map::new()));
        refusal(responses, "401", "nobody is signed in, or the access token is not accepted");
        refusal(responses, "403", &format!("not admitted; expected {}", requirement_words::words(&operation.access)));
    }
    if let Some(source) = source {
        let scopes: Map<String, Value> =
            scopes(operations, source).into_iter().map(|scope| (scope, json!(""))).collect();
        document["components"]["securitySchemes"][SCHEME] = json!({
            "type": "oauth2",
            "flows": { "authorizationCode": {
                "authorizationUrl": source.authorization_endpoint,
                "tokenUrl": source.token_endpoint,
                "scopes": scopes,
            } },
        });
    }
}

fn required(access: &Access) -> Option<&Requirement> {
    match access {
        Access::Protected(requirement) => Some(requirement),
        Access::Public { .. } => None,
    }
}

/// RFC 9457, as every refusal of the library.
fn refusal(responses: &mut Value, status: &str, description: &str) {
    if responses.get(status).is_none() {
        responses[status] = json!({
            "description": description,
            "content": { "application/problem+json": { "schema": { "type": "object", "properties": {
                "title": { "type": "string" },
                "status": { "type": "integer" },
                "detail": { "type": "string" },
                "code": { "type": "string" },
                "reference": { "type": "string" },
            } } } },
        });
    }
}

/// What the service puts in front of every path of its document.
fn prefix(document: &Value, operations: &[DocumentedOperation]) -> String {
    let Some(paths) = document["paths"].as_object() else { return String::new() };
    // An operation may be hidden from the document.
    let documented = |prefix: &str| {
        operations.iter().filter(|operation| paths.contains_key(&format!("{prefix}{}", operation.path))).count()
    };
    let candidates =
        paths.keys().flat_map(|path| operations.iter().filter_map(|known| path.strip_suffix(&*known.path)));
    candidates.max_by_key(|prefix| (documented(prefix), usize::MAX - prefix.len())).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::requirement::Policy;

    const READ: Requirement = Requirement { scopes: &["Files.Read"], ..Requirement::ANYONE };
    const EXPORT: Requirement = Requirement {
        allow: Some(&Policy::Any(&[Policy::Scope("Files.Export"), Policy::Role("Admin")])),
        ..Requirement::ANYONE
    };
    const SOURCE: TokenSource<'static> = TokenSource {
        authorization_endpoint: "https://login.example/authorize",
        token_endpoint: "https://login.example/token",
        resource: "1234",
    };

    fn operation(path: &str, access: Access) -> DocumentedOperation {
        DocumentedOperation { path: path.to_owned(), method: "GET".to_owned(), access }
    }

    fn completed(paths: &Value, operations: &[DocumentedOperation], source: Option<&TokenSource<'_>>) -> Value {
        let mut document = json!({ "paths": paths, "components": { "schemas": {} } });
        complete(&mut document, operations, source);
        document
    }

    #[test]
    fn an_operation_names_the_scopes_that_clients_must_ask_for() {
        let operations =
            [operation("/files", Access::Protected(READ)), operation("/me", Access::Public { reason: None })];
        let paths = json!({ "/files": { "get": {} }, "/me": { "get": {} } });
        let document = completed(&paths, &operations, Some(&SOURCE));
        assert_eq!(document["paths"]["/files"]["get"]["security"], json!([{ "oauth2": ["1234/Files.Read"] }]));
        assert_eq!(document["paths"]["/me"]["get"], json!({}), "an open operation asks nothing");
    }

    #[test]
    fn every_scope_that_a_policy_names_can_be_asked_for() {
        let operations = [operation("/a", Access::Protected(READ)), operation("/b", Access::Protected(EXPORT))];
        assert_eq!(scopes(&operations, &SOURCE), ["1234/Files.Export", "1234/Files.Read"]);
        assert_eq!(scopes(&[operation("/a", Access::Protected(Requirement::ANYONE))], &SOURCE), ["1234/.default"]);
    }

    #[test]
    fn sessions_only_means_no_token() {
        let session = Requirement { via: Some(Via::Session), ..Requirement::ANYONE };
        let paths = json!({ "/page": { "get": {} } });
        let document = completed(&paths, &[operation("/page", Access::Protected(session))], Some(&SOURCE));
        let page = &document["paths"]["/page"]["get"];
        assert_eq!(page["security"], Value::Null);
        assert_eq!(page["responses"]["403"]["description"], "not admitted; expected session: any signed-in user");
    }

    #[test]
    fn what_the_application_wrote_stays() {
        let paths = json!({ "/files": { "get": { "responses": { "403": { "description": "mine" } } } } });
        let document = completed(&paths, &[operation("/files", Access::Protected(READ))], Some(&SOURCE));
        let responses = &document["paths"]["/files"]["get"]["responses"];
        assert_eq!(responses["403"], json!({ "description": "mine" }));
        assert!(responses["401"]["description"].is_string());
    }

    #[test]
    fn without_a_source_of_tokens_there_is_no_scheme() {
        let paths = json!({ "/files": { "get": {} } });
        let document = completed(&paths, &[operation("/files", Access::Protected(READ))], None);
        assert_eq!(document["components"], json!({ "schemas": {} }));
        assert_eq!(document["paths"]["/files"]["get"]["security"], Value::Null);
    }

    #[test]
    fn a_prefix_of_the_whole_service_is_found() {
        let operations =
            [operation("/files", Access::Protected(READ)), operation("/x/files", Access::Protected(EXPORT))];
        for prefix in ["", "/api", "/x"] {
            let mut paths = Map::new();
            for operation in &operations {
                paths.insert(format!("{prefix}{}", operation.path), json!({ "get": {} }));
            }
            assert_eq!(super::prefix(&json!({ "paths": paths }), &operations), prefix);
        }
        // The second is hidden.
        let hidden = json!({ "paths": { "/api/files": { "get": {} } } });
        assert_eq!(super::prefix(&hidden, &operations), "/api");
        for odd in [json!(null), json!({ "paths": 7 }), json!({ "paths": { "/other": {} } })] {
            assert_eq!(super::prefix(&odd, &operations), "");
        }
    }
}
