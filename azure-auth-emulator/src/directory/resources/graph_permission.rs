//! Permissions of Microsoft Graph.

/// A permission, and who may have it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct GraphPermission {
    pub(crate) name: &'static str,
    /// None if people cannot grant it, because it is for applications only.
    pub(crate) consent: Option<Consent>,
    pub(crate) is_for_applications: bool,
}

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

fn find(name: &str) -> Option<GraphPermission> {
    all().find(|permission| permission.name.eq_ignore_ascii_case(name))
}

/// As published in August 2026, one a line: name, consent, and whether applications can have it. New ones come every
/// month, so a directory may name further ones.
fn all() -> impl Iterator<Item = GraphPermission> {
    include_str!("graph_permissions.txt").lines().filter_map(read)
}

fn read(line: &'static str) -> Option<GraphPermission> {
    let mut words = line.split(' ');
    let (name, consent, applications) = (words.next()?, words.next()?, words.next()?);
    let consent = match consent {
        "user" => Some(Consent::Person),
        "admin" => Some(Consent::Administrator),
        _ => None,
    };
    Some(GraphPermission { name, consent, is_for_applications: applications == "yes" })
}

#[cfg(test)]
mod tests {
    use super::*;

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
}
