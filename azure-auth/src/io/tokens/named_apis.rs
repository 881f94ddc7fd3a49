//! APIs that a program names while it runs: everywhere else they are constant data.

use std::sync::{Mutex, PoisonError};

use crate::model::downstream::permission::ResourceName;

/// A program calls few APIs. Their names stay in memory as long as the process.
pub(crate) const MOST_APIS: usize = 64;

static NAMED: Mutex<Vec<&'static str>> = Mutex::new(Vec::new());

/// The API with this address or id. None: there have been too many others.
pub(crate) fn find(uri: &str) -> Option<ResourceName> {
    // Nothing under this lock can panic half-way.
    named(&mut NAMED.lock().unwrap_or_else(PoisonError::into_inner), uri).map(ResourceName::Uri)
}

fn named(known: &mut Vec<&'static str>, uri: &str) -> Option<&'static str> {
    if let Some(found) = known.iter().find(|found| **found == uri) {
        return Some(found);
    }
    if known.len() >= MOST_APIS {
        return None;
    }
    let new: &'static str = Box::leak(uri.into());
    known.push(new);
    Some(new)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_api_keeps_its_name_and_there_is_an_end_to_new_ones() {
        let mut known = Vec::new();
        let first = named(&mut known, "https://storage.azure.com").unwrap();
        for number in 1..MOST_APIS {
            assert!(named(&mut known, &format!("api://{number}")).is_some(), "{number}");
        }
        assert_eq!(named(&mut known, "api://one-more"), None);
        let again = named(&mut known, "https://storage.azure.com").unwrap();
        assert!(std::ptr::eq(first, again), "it takes no room twice");
    }
}
