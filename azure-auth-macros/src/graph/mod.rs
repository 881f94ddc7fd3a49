//! The permissions of Microsoft Graph, as they are published.

use azure_auth_policy::Guid;

use crate::diagnostics::nearest;

/// When the list was published. New ones come every month.
pub(crate) const PUBLISHED: &str = "August 2026";

/// Where permissions of Microsoft Graph are, as scopes of the public cloud name it.
pub(crate) const ADDRESS: &str = "https://graph.microsoft.com";

/// What scopes may name it by as well: its addresses in other clouds, and its id.
const OTHER_NAMES: [&str; 4] = [
    "https://graph.microsoft.us",
    "https://dod-graph.microsoft.us",
    "https://microsoftgraph.chinacloudapi.cn",
    "00000003-0000-0000-c000-000000000000",
];

/// One permission.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct GraphPermission {
    pub(crate) name: &'static str,
    pub(crate) holder: Holder,
    /// Of the delegated permission, where it is published.
    pub(crate) id: Option<Guid>,
}

/// Who can have a permission.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Holder {
    /// People, who agree themselves.
    Person,
    /// People, for whom an administrator agrees.
    PersonByAdministrator,
    /// Applications only.
    Application,
}

/// The published list, by name.
pub(crate) fn permissions() -> impl Iterator<Item = GraphPermission> {
    let lines = include_str!("permissions.tsv").lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(|line| {
        let mut columns = line.split('\t');
        let (name, holder, id) = (columns.next()?, columns.next()?, columns.next()?);
        let holder = match holder {
            "person" => Holder::Person,
            "administrator" => Holder::PersonByAdministrator,
            _ => Holder::Application,
        };
        Some(GraphPermission { name, holder, id: Guid::parse(id) })
    })
}

/// The permission of that name. Entra takes it in any letters.
pub(crate) fn published(name: &str) -> Option<GraphPermission> {
    permissions().find(|permission| permission.name.eq_ignore_ascii_case(name))
}

/// The name that a mistyped one meant, of those that people can have.
pub(crate) fn meant(name: &str) -> Option<&'static str> {
    let delegated = permissions().filter(|permission| permission.holder != Holder::Application);
    nearest(name, delegated.map(|permission| permission.name))
}

/// Whether a resource is Microsoft Graph under another name than [`ADDRESS`].
pub(crate) fn is_other_name(resource: &str) -> bool {
    OTHER_NAMES.iter().any(|name| name.eq_ignore_ascii_case(resource))
        || (resource != ADDRESS && resource.eq_ignore_ascii_case(ADDRESS))
}

impl GraphPermission {
    /// The item that stands for it: `MailRead` for `Mail.Read`.
    pub(crate) fn item(&self) -> String {
        let words = self.name.split(|letter: char| !letter.is_ascii_alphanumeric());
        let capital = |word: &str| word[..1].to_ascii_uppercase() + &word[1..];
        words.filter(|word| !word.is_empty()).map(capital).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_list_holds_well_formed_names_once_and_in_order() {
        let all: Vec<GraphPermission> = permissions().collect();
        assert_eq!(all.len(), include_str!("permissions.tsv").lines().count() - 1, "every line is read");
        assert!(include_str!("permissions.tsv").lines().next().unwrap().contains(PUBLISHED));
        assert!(all.windows(2).all(|pair| pair[0].name < pair[1].name));
        for GraphPermission { name, .. } in &all {
            let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-');
            assert!(
                name.bytes().all(is_letter) && name.starts_with(|first: char| first.is_ascii_alphabetic()),
                "{name}"
            );
        }
    }

    #[test]
    fn each_permission_has_an_item_of_its_own() {
        let all: Vec<GraphPermission> = permissions().collect();
        let items: BTreeSet<String> = all.iter().map(GraphPermission::item).collect();
        assert_eq!(items.len(), all.len());
        assert!(!items.contains("Resource"), "the name of the API itself");
        let ids: BTreeSet<Guid> = all.iter().filter_map(|permission| permission.id).collect();
        assert_eq!(ids.len(), all.iter().filter(|permission| permission.id.is_some()).count());
    }

    #[test]
    fn items_have_the_letters_and_digits_of_their_permissions() {
        for (name, item) in [
            ("Mail.Read", "MailRead"),
            ("eDiscovery.Read.All", "EDiscoveryReadAll"),
            ("Policy.Read.B2BManagementPolicy", "PolicyReadB2BManagementPolicy"),
            ("UserAuthMethod-QR.ReadWrite", "UserAuthMethodQRReadWrite"),
        ] {
            assert_eq!(published(name).unwrap().item(), item);
        }
    }

    #[test]
    fn a_mistyped_name_finds_one_that_people_can_have() {
        assert_eq!(meant("Mail.Raed"), Some("Mail.Read"));
        assert_eq!(published("mail.read").map(|found| found.holder), Some(Holder::Person));
        assert_eq!(published("Directory.Read.All").map(|found| found.holder), Some(Holder::PersonByAdministrator));
        assert_eq!(published("Teamwork.Migrate.All").map(|found| found.holder), Some(Holder::Application));
        assert_eq!((published("Mail.Raed"), meant("Orders.Everything")), (None, None));
    }

    #[test]
    fn microsoft_graph_is_known_by_every_name() {
        for name in OTHER_NAMES.into_iter().chain(["https://Graph.Microsoft.com"]) {
            assert!(is_other_name(name), "{name}");
        }
        assert!(!is_other_name(ADDRESS) && !is_other_name("https://storage.azure.com"));
    }
}
