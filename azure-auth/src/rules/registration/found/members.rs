//! Members of JSON of which nothing is certain.

use azure_auth_policy::Guid;
use serde_json::Value;

/// What is behind a path of names; null where there is nothing.
pub(super) fn member<'v>(value: &'v Value, path: &[&str]) -> &'v Value {
    path.iter().fold(value, |value, name| value.get(name).unwrap_or(&Value::Null))
}

pub(super) fn items(value: &Value) -> Vec<&Value> {
    value.as_array().map(|items| items.iter().collect()).unwrap_or_default()
}

/// A text that is not empty.
pub(super) fn text_of(value: &Value) -> Option<String> {
    value.as_str().filter(|text| !text.is_empty()).map(str::to_owned)
}

pub(super) fn texts(value: &Value) -> Vec<String> {
    items(value).into_iter().filter_map(text_of).collect()
}

pub(super) fn guid(value: &Value) -> Option<Guid> {
    value.as_str()?.parse().ok()
}

/// Absent is no.
pub(super) fn flag(value: &Value) -> bool {
    value.as_bool().unwrap_or_default()
}
