//! What the defects change about the answer to a token request.

use serde_json::{Value, json};

use crate::faults::defect::Defect;
use crate::memory::state::State;

/// Each defect changes one thing.
pub(super) fn apply(state: &State, answer: &mut Value) {
    let Some(members) = answer.as_object_mut() else { return };
    for (defect, name, value) in [
        (Defect::AccessTokenMissing, "access_token", None),
        (Defect::ScopesMissing, "scope", None),
        (Defect::TokenTypeMissing, "token_type", None),
        (Defect::TokenTypeOther, "token_type", Some("DPoP")),
    ] {
        if state.has(defect) {
            members.remove(name);
            members.extend(value.map(|value| (name.to_owned(), json!(value))));
        }
    }
    if state.has(Defect::NumbersAsText) {
        for value in members.values_mut().filter(|value| value.is_number()) {
            *value = json!(value.to_string());
        }
    }
}
