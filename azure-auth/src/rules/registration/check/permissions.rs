//! Permissions of other APIs in a registration.

use std::slice;

use super::drift::{Drift, below};
use super::word;
use crate::model::registration::application::ApplicationObject;
use crate::rules::registration::found::{FoundAccess, FoundApplication};
use crate::rules::registration::needed::Undetermined;

const PLACE: &str = "/requiredResourceAccess";

pub(super) fn permissions(
    wanted: &ApplicationObject,
    undetermined: &[Undetermined],
    found: &FoundApplication,
) -> Vec<Drift> {
    let all = wanted.required_resource_access.iter();
    let wanted: Vec<(FoundAccess, &str)> = all
        .flat_map(|resource| {
            resource.resource_access.iter().map(move |permission| (resource.resource_app_id, permission))
        })
        .map(|(api, permission)| {
            (FoundAccess { api, id: permission.id, kind: permission.r#type }, permission.name.as_str())
        })
        .collect();
    let missing = wanted.iter().filter(|(access, _)| !found.required.contains(access)).map(|(access, name)| {
        let remedy = format!("add `{name}` on page \"API permissions\"");
        let drift = Drift::missing(&place(access), &format!("{name} ({})", word(access.kind)), remedy);
        // Sign-ins ask for these whether they are listed or not.
        if OPENID.contains(name) { drift.notice() } else { drift }
    });
    let is_wanted = |access: &&FoundAccess| wanted.iter().any(|(known, _)| known == *access);
    let superfluous = found.required.iter().filter(|access| !is_wanted(access)).map(|access| {
        let words = format!("{} ({})", access.id, word(access.kind));
        if may_be_needed(access, undetermined, &wanted) {
            let remedy = "compare it with what the program calls: which permissions that takes is not known here";
            return Drift::superfluous(&place(access), &words, remedy).notice();
        }
        Drift::superfluous(
            &place(access),
            &words,
            "remove it on page \"API permissions\", and what was agreed to with it",
        )
    });
    let lacking = undetermined.iter().filter(|unknown| !is_met(unknown, found, &wanted)).map(|unknown| {
        let api = unknown.api.map_or_else(|| "an API".to_owned(), |api| api.to_string());
        let words = format!("a permission of {api} ({})", word(unknown.kind));
        let remedy = "add what the program calls it with on page \"API permissions\"";
        // Which one is not known, and so neither is whether the registration does without.
        Drift::missing(&below(PLACE, &api), &words, remedy).notice()
    });
    missing.chain(superfluous).chain(lacking).collect()
}

/// Scopes of OpenID Connect.
const OPENID: [&str; 4] = ["openid", "profile", "email", "offline_access"];

/// One at least of what could not be determined is there.
fn is_met(unknown: &Undetermined, found: &FoundApplication, wanted: &[(FoundAccess, &str)]) -> bool {
    let of_it = slice::from_ref(unknown);
    found.required.iter().any(|access| may_be_needed(access, of_it, wanted))
}

/// Whether it may be one of those that could not be determined.
fn may_be_needed(access: &FoundAccess, undetermined: &[Undetermined], wanted: &[(FoundAccess, &str)]) -> bool {
    undetermined.iter().any(|unknown| {
        let is_api = match unknown.api {
            Some(api) => api == access.api,
            // None of those whose client ids are known.
            None => !wanted.iter().any(|(known, _)| known.api == access.api),
        };
        is_api && unknown.kind == access.kind
    })
}

fn place(access: &FoundAccess) -> String {
    below(&below(PLACE, &access.api.to_string()), &access.id.to_string())
}
