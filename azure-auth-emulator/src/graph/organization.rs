//! `/organization`.

use serde_json::{Value, json};

use super::caller::Caller;
use super::graph_error::GraphError;
use super::people::context;

const READ: &[&str] = &[
    "User.Read",
    "Organization.Read.All",
    "Organization.ReadWrite.All",
    "Directory.Read.All",
    "Directory.ReadWrite.All",
];

/// The tenant of the token, alone in a list.
pub(super) fn organization(caller: &Caller<'_>) -> Result<Value, GraphError> {
    caller.require(READ)?;
    let domains = caller.tenant.domains();
    let name = domains.first().and_then(|domain| domain.split('.').next()).unwrap_or_default();
    let verified: Vec<Value> = domains
        .iter()
        .enumerate()
        .map(|(index, domain)| json!({"name": domain, "isInitial": index == 0, "isDefault": index == 0, "type": "Managed"}))
        .collect();
    let organization = json!({"id": caller.tenant.id, "displayName": name, "verifiedDomains": verified});
    Ok(json!({"@odata.context": context(caller, "organization"), "value": [organization]}))
}
