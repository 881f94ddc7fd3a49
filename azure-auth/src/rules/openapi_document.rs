//! The document of an API (OpenAPI 3.0): what its operations ask of callers, and where these sign in.

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
        refusal(responses, "401", "nobody is signed in, or the access token is not accepted".to_owned());
        refusal(responses, "403", format!("not admitted, expected {}", requirement_words::words(&operation.access)));
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
fn refusal(responses: &mut Value, status: &str, description: String) {
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
