//! Groups in tokens: the ids, or where to ask for them.

use serde_json::json;

use super::jwt::{Members, members};

/// A token holds no more than this many groups.
const LIMIT: usize = 200;

/// `groups`, if the person has any. Beyond the limit there is a pointer instead.
pub(crate) fn claims(groups: &[String], tenant: &str, object: &str) -> Members {
    if groups.is_empty() {
        Members::new()
    } else if are_too_many(groups) {
        overage(tenant, object)
    } else {
        members(json!({"groups": groups}))
    }
}

pub(crate) fn are_too_many(groups: &[String]) -> bool {
    groups.len() > LIMIT
}

/// What a token has instead of too many groups. Relying parties should not follow the address.
pub(crate) fn overage(tenant: &str, object: &str) -> Members {
    let endpoint = format!("https://graph.windows.net/{tenant}/users/{object}/getMemberObjects");
    members(json!({"_claim_names": {"groups": "src1"}, "_claim_sources": {"src1": {"endpoint": endpoint}}}))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_hundred_groups_fit_and_one_more_does_not() {
        let names = |count: usize| {
            let groups: Vec<_> = (0..count).map(|number| number.to_string()).collect();
            claims(&groups, "t", "o").keys().cloned().collect::<Vec<_>>().join(" ")
        };
        for (count, expected) in [(0, ""), (1, "groups"), (200, "groups"), (201, "_claim_names _claim_sources")] {
            assert_eq!(names(count), expected, "{count}");
        }
    }
}
