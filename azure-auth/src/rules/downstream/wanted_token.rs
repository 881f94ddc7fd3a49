//! Permissions of one API that somebody needs now, beside what there is.

use std::hash::{DefaultHasher, Hash, Hasher};

use super::renewal::{self, Standing};
use super::scopes;
use crate::model::downstream::held_token::HeldToken;
use crate::model::downstream::permission::{Permission, ResourceName};
use crate::model::unix_time::UnixTime;

/// Permissions of one API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct WantedToken {
    pub(crate) resource: ResourceName,
    /// Sorted, each once.
    pub(crate) names: Vec<&'static str>,
}

impl WantedToken {
    /// Of permissions of one API; of others in the list nothing.
    pub(crate) fn of(permissions: impl IntoIterator<Item = &'static Permission>) -> Option<Self> {
        let mut permissions = permissions.into_iter();
        let first = permissions.next()?;
        let others = permissions.filter(|permission| permission.resource == first.resource);
        let mut names: Vec<&str> = others.chain([first]).map(|permission| permission.name).collect();
        names.sort_unstable();
        names.dedup();
        Some(Self { resource: first.resource, names })
    }

    /// Whether a token that is kept is enough. `than`: a token that is to be renewed; one that does not last longer serves
    /// nobody in its place.
    pub(crate) fn is_served_by(&self, held: &HeldToken, than: Option<&HeldToken>, now: UnixTime) -> bool {
        let lasts =
            renewal::judge(held, now) != Standing::Over && than.is_none_or(|before| held.ends_at > before.ends_at);
        lasts && self.names.iter().all(|name| scopes::is_among(&held.granted, name))
    }

    /// With what an earlier token was asked with, so that neither handler takes the other's token away.
    pub(crate) fn and(&self, before: Option<&HeldToken>) -> Vec<String> {
        let asked = before.iter().flat_map(|held| &held.asked).cloned();
        scopes::joined(self.names.iter().map(ToString::to_string).chain(asked).collect())
    }

    /// These permissions alone, where an earlier token has them and others, which the person may not agree to any more.
    pub(crate) fn alone(&self, before: Option<&HeldToken>) -> Option<Vec<String>> {
        let asked = &before?.asked;
        let has_all = self.names.iter().all(|name| scopes::is_among(asked, name));
        (has_all && asked.len() > self.names.len()).then(|| self.names.iter().map(ToString::to_string).collect())
    }

    /// Tells it from others of the same API.
    pub(crate) fn mark(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.names.hash(&mut hasher);
        hasher.finish()
    }

    /// Whether all of these scopes are among what is wanted.
    pub(crate) fn names_all(&self, scopes: &[String]) -> bool {
        let is_of = |scope: &str, name: &str| scope.strip_suffix(name).is_some_and(|api| api.ends_with('/'));
        scopes.iter().all(|scope| self.names.iter().any(|name| is_of(scope, name)))
    }

    /// As scopes write them.
    pub(crate) fn scopes(&self, uri: &str) -> Vec<String> {
        scopes::of(uri, &self.names)
    }

    /// The scopes of what is wanted and was not granted.
    pub(crate) fn missing_from(&self, granted: &[String], uri: &str) -> Vec<String> {
        let missing = self.names.iter().filter(|name| !scopes::is_among(granted, name));
        missing.map(|name| scopes::scope(uri, name)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::downstream::permission::Consent;

    const NOW: UnixTime = UnixTime(1_800_000_000);
    const MAIL: Permission = Permission::of_graph("Mail.Read", Consent::Person, None);
    const USER: Permission = Permission::of_graph("User.Read", Consent::Person, None);
    const ORDERS: Permission = Permission::of("api://orders", "Orders.Read");
    const GRAPH: &str = "https://graph.microsoft.com";

    fn wanted(permissions: &'static [Permission]) -> WantedToken {
        WantedToken::of(permissions).unwrap()
    }

    fn held(granted: &[&str], ends_in: u64) -> HeldToken {
        let granted: Vec<String> = granted.iter().map(ToString::to_string).collect();
        let (renew_at, ends_at) = (UnixTime(NOW.0 + ends_in / 2), UnixTime(NOW.0 + ends_in));
        HeldToken { secret: "t".into(), asked: granted.clone(), granted, renew_at, ends_at }
    }

    #[test]
    fn permissions_of_one_api_are_wanted_together_and_those_of_another_are_not() {
        assert_eq!(wanted(&[USER, ORDERS, MAIL, USER]).names, ["Mail.Read", "User.Read"]);
        assert_eq!(WantedToken::of(&[]), None);
    }

    #[test]
    fn a_token_serves_that_has_everything_and_arrives_in_time() {
        let mail = wanted(&[MAIL]);
        for (granted, ends_in, expected) in [
            (&["mail.read"][..], 3600, true),
            (&["Mail.Read", "User.Read"], 31, true),
            (&["Mail.Read"], 30, false),
            (&["Mail.Read"], 0, false),
            (&["User.Read"], 3600, false),
            (&["Mail.ReadWrite"], 3600, false),
            (&[], 3600, false),
        ] {
            assert_eq!(mail.is_served_by(&held(granted, ends_in), None, NOW), expected, "{granted:?} {ends_in}");
        }
        let before = held(&["Mail.Read"], 600);
        assert!(!mail.is_served_by(&before, Some(&before), NOW), "it is the one that is to be renewed");
        assert!(mail.is_served_by(&held(&["Mail.Read"], 601), Some(&before), NOW));
    }

    #[test]
    fn a_renewal_asks_for_what_others_have_as_well() {
        assert_eq!(wanted(&[MAIL]).and(None), ["Mail.Read"]);
        assert_eq!(wanted(&[MAIL]).and(Some(&held(&["User.Read", "Mail.Read"], 1))), ["Mail.Read", "User.Read"]);
        assert_eq!(wanted(&[MAIL]).and(Some(&held(&[".default"], 1))), [".default"]);
    }

    #[test]
    fn a_problem_of_other_permissions_is_another_one() {
        let mail = wanted(&[MAIL]);
        let scope = |name: &str| format!("{GRAPH}/{name}");
        assert!(mail.names_all(&[scope("Mail.Read")]) && mail.names_all(&[]));
        assert!(!mail.names_all(&[scope("Mail.Read"), scope("User.Read")]));
        assert!(!mail.names_all(&[scope("Other.Mail.Read")]), "a name is whole");
    }

    #[test]
    fn what_was_not_granted_is_missed_by_whoever_wants_it() {
        let granted = |names: &[&str]| names.iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(wanted(&[MAIL, USER]).missing_from(&granted(&["user.read"]), GRAPH), [format!("{GRAPH}/Mail.Read")]);
        assert!(wanted(&[USER]).missing_from(&granted(&["User.Read", "Mail.Read"]), GRAPH).is_empty());
    }

    #[test]
    fn what_others_need_is_left_out_where_an_earlier_token_had_more() {
        let alone = |names| wanted(&[MAIL]).alone(Some(&held(names, 1)));
        assert_eq!(alone(&["Mail.Read", "User.Read"]), Some(vec!["Mail.Read".to_owned()]));
        assert_eq!(alone(&["Mail.Read"]), None);
        assert_eq!(alone(&["Calendars.Read", "User.Read"]), None, "what is new may be what is missing");
        assert_eq!(wanted(&[MAIL]).alone(None), None);
        assert_ne!(wanted(&[MAIL]).mark(), wanted(&[USER]).mark());
    }
}
