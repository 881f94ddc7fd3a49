//! Delegated permissions of Microsoft Graph.

/// The permission as Microsoft Graph writes it, if it has one of that name. Case does not matter in requests.
pub(crate) fn published(name: &str) -> Option<&'static str> {
    all().find(|permission| permission.eq_ignore_ascii_case(name))
}

/// As published in August 2026, one a line. New ones come every month, so a directory may name further ones.
pub(crate) fn all() -> impl Iterator<Item = &'static str> {
    include_str!("graph_permissions.txt").lines()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_holds_well_formed_names_once_and_in_order() {
        let names: Vec<&str> = all().collect();
        assert!(names.windows(2).all(|pair| pair[0] < pair[1]));
        assert!(names.len() > 500, "{}", names.len());
        for name in names {
            assert!(
                name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_')),
                "{name}"
            );
        }
        assert_eq!(published("user.read"), Some("User.Read"));
        assert_eq!(published("User.Raed"), None);
    }
}
