//! Ids of scopes and app roles: the same for the same name in every run, so that a second registration changes nothing.

use aws_lc_rs::digest::{Context, SHA1_FOR_LEGACY_USE_ONLY};
use azure_auth_policy::Guid;

/// What an id is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Scope,
    AppRole,
    /// The application itself, where a tool finds it by a name.
    Application,
    FederatedCredential,
}

/// It is for these ids alone. Another one would give every program other ids.
const NAMESPACE: Guid = Guid::from_u128(0x7c1f_5d0a_93b4_4e0b_a6d2_58f3_1c94_e7b6);

/// The id of a scope or an app role, by the name of the application. The client id is not asked: there is none before the
/// first registration.
pub(crate) fn stable_id(application: &str, kind: Kind, value: &str) -> Guid {
    let kind = match kind {
        Kind::Scope => "scope",
        Kind::AppRole => "app role",
        Kind::Application => "application",
        Kind::FederatedCredential => "federated credential",
    };
    // No name contains a zero byte, so that no two triples are one text.
    version_5(NAMESPACE, &[application, "\0", kind, "\0", value])
}

/// A UUID of a name in a namespace (RFC 9562 §5.5). SHA-1 only spreads names here: nobody gains anything by two with one id.
fn version_5(namespace: Guid, name: &[&str]) -> Guid {
    let mut context = Context::new(&SHA1_FOR_LEGACY_USE_ONLY);
    context.update(&namespace.to_bytes());
    for part in name {
        context.update(part.as_bytes());
    }
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&context.finish().as_ref()[..16]);
    bytes[6] = bytes[6] & 0x0f | 0x50;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    Guid::from_u128(u128::from_be_bytes(bytes))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn ids_are_made_as_the_standard_makes_them() {
        // RFC 9562, appendix A.4.
        let dns = Guid::from_u128(0x6ba7_b810_9dad_11d1_80b4_00c0_4fd4_30c8);
        assert_eq!(version_5(dns, &["www.", "example.com"]).to_string(), "2ed6657d-e927-568b-95e1-2665a8aea6a2");
    }

    #[test]
    fn ids_never_change() {
        assert_eq!(stable_id("tasks", Kind::Scope, "Tasks.Read").to_string(), "e064514c-5f99-50da-8b4f-a2e9c59321f5");
        assert_eq!(stable_id("tasks", Kind::AppRole, "Tasks.Read").to_string(), "65a14012-62e5-5074-aef8-c7ea6bdf1da3");
    }

    #[test]
    fn each_application_kind_and_value_has_an_id_of_its_own() {
        let ids: HashSet<Guid> = ["a", "b", "ab"]
            .iter()
            .flat_map(|application| ["b", "c", "bc"].map(|value| (application, value)))
            .flat_map(|(application, value)| {
                [Kind::Scope, Kind::AppRole].map(|kind| stable_id(application, kind, value))
            })
            .collect();
        assert_eq!(ids.len(), 18);
    }
}
