//! `/me/memberOf` and `/me/checkMemberGroups`.

use serde_json::{Value, json};

use super::caller::Caller;
use super::graph_error::GraphError;
use super::paging;
use super::people::{READ_ONE, context};
use crate::exchange::call::Call;

/// Permissions with which names of groups are shown, and not only their ids.
const READ_NAMES: &[&str] =
    &["GroupMember.Read.All", "Group.Read.All", "Group.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"];

/// The service looks for no more groups than this in one request.
const MOST: usize = 20;

pub(super) fn member_of(caller: &Caller<'_>, call: &Call) -> Result<Value, GraphError> {
    let user = caller.person(READ_ONE)?;
    let shows_names = caller.has(READ_NAMES);
    let describe = |id: &String| {
        let named = caller.tenant.groups.iter().find(|group| group.id == *id).filter(|_| shows_names);
        let name = named.map(|group| group.name.as_str());
        json!({"@odata.type": "#microsoft.graph.group", "id": id, "displayName": name})
    };
    Ok(paging::page(caller, call, "directoryObjects", user.groups.iter().map(describe).collect()))
}

/// Which of the groups that a request names the person is in, however many that person is in altogether.
pub(super) fn check_member_groups(caller: &Caller<'_>, call: &Call) -> Result<Value, GraphError> {
    let user = caller.person(READ_ONE)?;
    let body: Value = serde_json::from_slice(&call.body)
        .map_err(|_| GraphError::bad_request("Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format."))?;
    let asked = body["groupIds"]
        .as_array()
        .ok_or_else(|| GraphError::bad_request("Value cannot be null. Parameter name: groupIds"))?;
    let asked: Vec<&str> = asked.iter().filter_map(Value::as_str).collect();
    if asked.len() > MOST {
        let text = format!("The number of groupIds {} exceeds the maximum of {MOST}.", asked.len());
        return Err(GraphError::bad_request(text));
    }
    let held: Vec<&str> = asked.into_iter().filter(|id| user.groups.iter().any(|group| group == id)).collect();
    Ok(json!({"@odata.context": context(caller, "Collection(Edm.String)"), "value": held}))
}
