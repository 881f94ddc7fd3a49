//! Our cookies as browsers will have them, and whether a session fits.

use std::collections::BTreeMap;
use std::sync::Arc;

use azure_auth_policy::{Guid, Requirement};

use super::examination::Check;
use super::finding::Finding;
use super::session_store;
use crate::model::callers::claims::TokenClaims;
use crate::model::callers::groups::{Groups, RelevantGroups};
use crate::model::sessions::session::{Beginning, ProviderSession, SessionId, SessionLifetimes, SessionRecord};
use crate::model::unix_time::UnixTime;
use crate::rules::policy::caller_space::{CallerKind, Fact, Questions};
use crate::rules::session::cookies::{CookieNames, CookiePlacement};
use crate::rules::session::session_record;

/// The name of the check.
pub(crate) const CHECK: &str = "cookies";

/// What decides how large a session becomes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Contents {
    /// Roles of people that the table names.
    pub(crate) roles: Vec<String>,
    /// Groups in question.
    pub(crate) groups: Vec<Guid>,
    /// Names of further claims.
    pub(crate) keep_claims: Vec<String>,
}

impl Contents {
    pub(crate) fn of(requirements: &[Requirement<'_>], groups: Vec<Guid>, keep_claims: Vec<String>) -> Self {
        let role = |fact| if let Fact::Role(role) = fact { Some(role.to_owned()) } else { None };
        let roles = Questions::of(requirements).of_kind(CallerKind::Session).filter_map(role).collect();
        Self { roles, groups, keep_claims }
    }
}

/// `names`: of each public address. `budget`: where sessions are sealed cookies.
pub(crate) fn judge(names: &[CookieNames], is_framed: bool, contents: &Contents, budget: Option<usize>) -> Check {
    let mut check = Check::new(CHECK);
    for names in names {
        check = check.fact("session", attributes(names, CookiePlacement::FirstParty));
        if is_framed {
            check = check.fact("session in a frame", attributes(names, CookiePlacement::Partitioned));
        }
    }
    let longest = names.iter().map(|names| names.session(CookiePlacement::FirstParty)).max_by_key(|name| name.len());
    let (Some(budget), Some(name)) = (budget, longest) else {
        return check.fact("size", "a short ticket: the session itself is in the store");
    };
    let (without, with) = (length(contents, name, false), length(contents, name, true));
    let Contents { roles, groups, keep_claims } = contents;
    let whose = format!(
        "for somebody who has every role that the table names ({}) and is in every group in question ({})",
        roles.len(),
        groups.len(),
    );
    let check = check.fact("size", format!("about {with} bytes of {budget}, {whose}"));
    if without > budget {
        let finding = Finding::notice("session-too-large")
            .cause("every role that a handler names is kept in the session of somebody who has it")
            .found(format!("about {without} bytes {whose}"))
            .expected(format!("at most {budget} bytes, or such a person cannot sign in"));
        return check.finding(finding.remedy(
            "raise `session_cookie_budget`, keep sessions elsewhere (AZURE_SESSION_STORE), or assign nobody all of these roles",
        ));
    }
    if with > budget {
        let finding = Finding::notice("claims-too-large")
            .cause("claims of `keep_claims` are kept in the session, and are the first to go when its cookie is full")
            .found(format!("about {with} bytes with {}", counted(keep_claims.len(), "further claim", "further claims")))
            .expected(format!("at most {budget} bytes"));
        return check.finding(finding.remedy("raise `session_cookie_budget`, or keep fewer claims"));
    }
    check
}

fn counted(count: usize, one: &str, many: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{count} {many}") }
}

fn attributes(names: &CookieNames, placement: CookiePlacement) -> String {
    let name = names.session(placement);
    let secure = if names.is_secure { "; Secure" } else { "" };
    match placement {
        CookiePlacement::FirstParty => format!("{name}; Path=/; HttpOnly; SameSite=Lax{secure}"),
        CookiePlacement::Partitioned => format!("{name}; Path=/; HttpOnly; SameSite=None; Secure; Partitioned"),
    }
}

/// Of what may be in a session and nobody declares, as much as people usually have.
fn length(contents: &Contents, cookie_name: &str, with_claims: bool) -> usize {
    let text = |length: usize| Some("x".repeat(length));
    let kept = contents.keep_claims.iter().filter(|_| with_claims).map(|name| (name.clone(), "x".repeat(40).into()));
    let claims = TokenClaims {
        name: text(24),
        preferred_username: text(40),
        email: text(40),
        roles: contents.roles.clone(),
        kept: kept.collect::<BTreeMap<_, _>>(),
        ..TokenClaims::default()
    };
    let now = UnixTime(1_800_000_000);
    let id = SessionId([u64::MAX; 2]);
    let record = session_store::made_up(id, SessionLifetimes::default(), Beginning::default(), now);
    let groups = RelevantGroups::new(contents.groups.iter().copied());
    let record = SessionRecord {
        identity: Arc::new(claims.into_identity(session_store::nobody())),
        groups: groups.record(&Groups::of_token(Ok(contents.groups.clone()))),
        provider_session: Some(ProviderSession([u64::MAX; 2])),
        ..record
    };
    session_record::cookie_length(&record, cookie_name).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::settings::public_url::PublicUrl;
    use crate::rules::session::session_record::COOKIE_BUDGET;

    fn found(contents: &Contents, budget: Option<usize>) -> Vec<&'static str> {
        let names = CookieNames::new("client", &PublicUrl::parse("https://app.example.com").unwrap());
        judge(&[names], false, contents, budget).findings.iter().map(|finding| finding.name).collect()
    }

    #[test]
    fn a_session_that_does_not_fit_is_noticed_before_anybody_has_it() {
        let roles =
            |count: usize| (0..count).map(|number| format!("Some.Role.Of.The.Table.{number}")).collect::<Vec<_>>();
        let claims = |count: usize| (0..count).map(|number| format!("claim_{number}")).collect::<Vec<_>>();
        let contents = |roles, keep_claims| Contents { roles, keep_claims, groups: Vec::new() };
        for (contents, budget, expected) in [
            (Contents::default(), Some(COOKIE_BUDGET), &[][..]),
            (contents(roles(60), claims(2)), Some(COOKIE_BUDGET), &[][..]),
            (contents(roles(120), Vec::new()), Some(COOKIE_BUDGET), &["session-too-large"][..]),
            (contents(roles(120), Vec::new()), Some(2 * COOKIE_BUDGET), &[]),
            (contents(roles(120), Vec::new()), None, &[]),
            (contents(Vec::new(), claims(60)), Some(COOKIE_BUDGET), &["claims-too-large"]),
        ] {
            assert_eq!(found(&contents, budget), expected, "{budget:?} {contents:?}");
        }
    }

    #[test]
    fn attributes_are_those_that_the_cookies_are_set_with() {
        let names = CookieNames::new("client", &PublicUrl::parse("https://app.example.com").unwrap());
        let check = judge(&[names], true, &Contents::default(), None);
        assert!(check.facts[0].1.starts_with("__Host-azure-session-"), "{:?}", check.facts);
        assert!(check.facts[0].1.ends_with("; Path=/; HttpOnly; SameSite=Lax; Secure"), "{:?}", check.facts);
        assert!(check.facts[1].1.ends_with("; SameSite=None; Secure; Partitioned"), "{:?}", check.facts);
    }
}
