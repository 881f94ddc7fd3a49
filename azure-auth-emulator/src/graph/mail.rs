//! `/me/messages`.

use serde_json::{Value, json};

use super::caller::Caller;
use super::graph_error::GraphError;
use super::people::context;
use crate::directory::guid::invented_id;

const READ_MAIL: &[&str] = &["Mail.ReadBasic", "Mail.Read", "Mail.ReadWrite"];

/// Three letters, of which the first tells whose they are.
pub(super) fn messages(caller: &Caller<'_>) -> Result<Value, GraphError> {
    let user = caller.person(READ_MAIL)?;
    let welcome = format!("Welcome, {}", user.name);
    let subjects = [welcome.as_str(), "Minutes of the meeting", "Lunch on Friday?"];
    let address = json!({"emailAddress": {"name": user.name, "address": user.user_name}});
    let message = |subject: &&str| {
        json!({
            "id": invented_id(&format!("{}|{subject}", user.id)), "subject": subject, "bodyPreview": "", "isRead": false,
            "receivedDateTime": "2026-01-01T08:00:00Z", "toRecipients": [address],
            "from": {"emailAddress": {"name": "Office", "address": "office@contoso.test"}},
        })
    };
    let messages: Vec<Value> = subjects.iter().map(message).collect();
    Ok(json!({"@odata.context": context(caller, "users/me/messages"), "value": messages}))
}
