//! Permissions of Microsoft Graph.

use super::first_party::PermissionKind;

/// A permission, and who may have it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct GraphPermission {
    pub(crate) name: &'static str,
    /// None if people cannot grant it, because it is for applications only.
    pub(crate) consent: Option<Consent>,
    pub(crate) is_for_applications: bool,
    delegated_id: Option<&'static str>,
    application_id: Option<&'static str>,
}

impl GraphPermission {
    /// Its id of a kind, if that was published.
    pub(super) fn id(self, kind: PermissionKind) -> Option<&'static str> {
        match kind {
            PermissionKind::Scope => self.delegated_id,
            PermissionKind::Role => self.application_id,
        }
    }
}

/// Ids of the scopes of OpenID Connect, which Microsoft Graph lists among its own.
const OPENID_IDS: [(&str, &str); 4] = [
    ("openid", "37f7f235-527c-4136-accd-4a02d197296e"),
    ("profile", "14dad69e-099b-42c9-810b-d002981feec1"),
    ("email", "64a6cdd6-aab1-4aaf-94b8-3cc8405e90d0"),
    ("offline_access", "7427e0e9-2fba-42fe-b0c0-848c9e6a8182"),
];

/// Who may agree to a delegated permission, in a work tenant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Consent {
    Person,
    Administrator,
}

/// The delegated permission of that name. Case does not matter in requests.
pub(crate) fn delegated(name: &str) -> Option<GraphPermission> {
    find(name).filter(|permission| permission.consent.is_some())
}

/// The permission for applications of that name.
pub(crate) fn for_applications(name: &str) -> Option<GraphPermission> {
    find(name).filter(|permission| permission.is_for_applications)
}

/// The names of those that people can grant.
pub(crate) fn delegated_names() -> impl Iterator<Item = &'static str> {
    all().filter(|permission| permission.consent.is_some()).map(|permission| permission.name)
}

/// The permission with an id, which is another one for people than for applications.
pub(super) fn of_id(id: &str, kind: PermissionKind) -> Option<GraphPermission> {
    all().find(|permission| permission.id(kind) == Some(id))
}

/// The scope of OpenID Connect with an id.
pub(crate) fn openid_of_id(id: &str) -> Option<&'static str> {
    OPENID_IDS.iter().find(|(_, known)| *known == id).map(|(name, _)| *name)
}

/// The id of a scope of OpenID Connect.
pub(crate) fn openid_id(name: &str) -> Option<&'static str> {
    OPENID_IDS.iter().find(|(known, _)| *known == name).map(|(_, id)| *id)
}

pub(super) fn find(name: &str) -> Option<GraphPermission> {
    all().find(|permission| permission.name.eq_ignore_ascii_case(name))
}

/// As published in August 2026, one a line: name, consent, whether applications can have it, and its ids for people and
/// for applications. New ones come every month, so a directory may name further ones.
fn all() -> impl Iterator<Item = GraphPermission> {
    include_str!("graph_permissions.txt").lines().filter_map(read)
}

fn read(line: &'static str) -> Option<GraphPermission> {
    let mut words = line.split(' ');
    let (name, consent, applications) = (words.next()?, words.next()?, words.next()?);
    let mut id = || words.next().filter(|id| *id != "-");
    let (delegated_id, application_id) = (id(), id());
    let consent = match consent {
        "user" => Some(Consent::Person),
        "admin" => Some(Consent::Administrator),
        _ => None,
    };
    Some(GraphPermission { name, consent, is_for_applications: applications == "yes", delegated_id, application_id })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::directory::guid::is_id;

    #[test]
    fn the_list_holds_well_formed_names_once_and_in_order() {
        let names: Vec<&str> = all().map(|permission| permission.name).collect();
        assert!(names.windows(2).all(|pair| pair[0] < pair[1]));
        assert_eq!(names.len(), include_str!("graph_permissions.txt").lines().count(), "every line is read");
        assert!(delegated_names().count() > 500, "{}", names.len());
        for name in names {
            assert!(
                name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_')),
                "{name}"
            );
        }
    }

    #[test]
    fn a_permission_is_known_with_who_may_grant_it() {
        for (name, expected) in [
            ("user.read", Some(("User.Read", Some(Consent::Person), false))),
            ("Mail.Read", Some(("Mail.Read", Some(Consent::Person), true))),
            ("Directory.Read.All", Some(("Directory.Read.All", Some(Consent::Administrator), true))),
            ("User.Raed", None),
        ] {
            let found = find(name).map(|known| (known.name, known.consent, known.is_for_applications));
            assert_eq!(found, expected, "{name}");
        }
        assert_eq!(for_applications("User.Read"), None);
    }

    #[test]
    fn every_id_is_of_one_permission_of_its_kind() {
        for kind in [PermissionKind::Scope, PermissionKind::Role] {
            let ids: Vec<&str> = all().filter_map(|permission| permission.id(kind)).collect();
            assert!(ids.len() > 400 && ids.iter().all(|id| is_id(id)), "{kind:?}");
            assert!(ids.iter().all(|id| of_id(id, kind).is_some_and(|found| found.id(kind) == Some(id))), "{kind:?}");
            assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len(), "{kind:?}");
        }
        let both = |kind| find("Mail.Read").and_then(|permission| permission.id(kind));
        assert_eq!(both(PermissionKind::Scope), Some("570282fd-fa5c-430d-a7fd-fc8dc98a9dca"));
        assert_eq!(both(PermissionKind::Role), Some("810c84a8-4a9e-49e6-bf7d-12d183f40d01"));
    }
}
