//! Long lists come in pages.

use serde_json::{Value, json};

use super::caller::Caller;
use super::people::context;
use crate::exchange::call::Call;

/// How much a page has if nobody asks for another number.
const USUAL: usize = 100;
const MOST: usize = 999;

/// The page that a request is for, with where the next one is.
pub(super) fn page(caller: &Caller<'_>, call: &Call, kind: &str, all: Vec<Value>) -> Value {
    let number = |name: &str| call.parameter(name).and_then(|text| text.parse::<usize>().ok());
    let (size, from) = (number("$top").unwrap_or(USUAL).clamp(1, MOST), number("$skiptoken").unwrap_or_default());
    let total = all.len();
    let items: Vec<Value> = all.into_iter().skip(from).take(size).collect();
    let mut page = json!({"@odata.context": context(caller, kind), "value": items});
    let next = from.saturating_add(size);
    if next < total {
        page["@odata.nextLink"] = json!(format!("{}{}?$top={size}&$skiptoken={next}", caller.state.origin, call.path));
    }
    page
}
