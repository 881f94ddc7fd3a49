//! Does a declaration admit more callers than another one?

use std::fmt;

use azure_auth_policy::{Requirement, RowAccess};

use super::caller_space::{CallerKind, Questions};

/// What became of who is admitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    /// Somebody is admitted who was not, and nobody is refused who was admitted.
    Widened,
    /// The opposite.
    Narrowed,
    /// Both, or neither, or more facts than can be tried.
    Mixed,
}

/// Asks the rule of the guard about every caller there could be, before and now.
pub(crate) fn compare(before: &RowAccess<'_>, now: &RowAccess<'_>) -> Change {
    match (before, now) {
        (RowAccess::Public { .. }, RowAccess::Public { .. }) => Change::Mixed,
        (RowAccess::Protected(_), RowAccess::Public { .. }) => Change::Widened,
        (RowAccess::Public { .. }, RowAccess::Protected(_)) => Change::Narrowed,
        (RowAccess::Protected(before), RowAccess::Protected(now)) => compare_requirements(before, now),
    }
}

fn compare_requirements(before: &[Requirement<'_>], now: &[Requirement<'_>]) -> Change {
    let questions = Questions::of(before.iter().chain(now));
    let checks = checks(before.iter().chain(now));
    if !questions.are_few() || checks.len() > MOST_CHECKS {
        return Change::Mixed;
    }
    let outcomes = outcomes(&checks);
    let (mut gains, mut loses) = (false, false);
    for caller in CallerKind::ALL.into_iter().flat_map(|kind| questions.callers(kind)) {
        let (was, is) = (caller.is_admitted(before), caller.is_admitted(now));
        for passed in &outcomes {
            let was_admitted = was && passes(before, passed);
            let is_admitted = is && passes(now, passed);
            gains |= is_admitted && !was_admitted;
            loses |= was_admitted && !is_admitted;
        }
    }
    match (gains, loses) {
        (true, false) => Change::Widened,
        (false, true) => Change::Narrowed,
        _ => Change::Mixed,
    }
}

/// More functions than anybody asks for one row; each one doubles the work.
const MOST_CHECKS: usize = 4;

/// Each function once.
fn checks<'r>(requirements: impl Iterator<Item = &'r Requirement<'r>>) -> Vec<&'r str> {
    let mut checks: Vec<&'r str> = requirements.filter_map(|requirement| requirement.check).collect();
    checks.sort_unstable();
    checks.dedup();
    checks
}

/// The checks that let a caller pass, in every combination. What they do nobody knows but themselves.
fn outcomes<'r>(checks: &[&'r str]) -> Vec<Vec<&'r str>> {
    let of_set = |set: usize| checks.iter().enumerate().filter(move |(bit, _)| set >> bit & 1 == 1);
    (0..1_usize << checks.len()).map(|set| of_set(set).map(|(_, check)| *check).collect()).collect()
}

fn passes(requirements: &[Requirement<'_>], passed: &[&str]) -> bool {
    requirements.iter().filter_map(|requirement| requirement.check).all(|check| passed.contains(&check))
}

impl fmt::Display for Change {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Widened => "widened",
            Self::Narrowed => "narrowed",
            Self::Mixed => "changed",
        })
    }
}

#[cfg(test)]
mod tests {
    use azure_auth_policy::Arena;

    use super::*;

    const A: &str = "\"00000000-0000-0000-0000-00000000000a\"";
    const B: &str = "\"00000000-0000-0000-0000-00000000000b\"";

    /// Both ways: what is widened in one direction is narrowed in the other.
    #[test]
    fn a_declaration_is_widened_by_whatever_admits_more_and_nobody_less() {
        for (narrow, wide) in [
            ("protect", "public"),
            ("protect(scopes = \"A B\")", "protect(scopes = \"A\")"),
            ("protect(scopes = \"A\")", "protect"),
            ("protect(roles = \"A\")", "protect"),
            ("protect(roles = all(\"A\", \"B\"))", "protect(roles = any(\"A\", \"B\"))"),
            ("protect(roles = all(\"A\", \"B\"))", "protect(roles = \"A\")"),
            ("protect(roles = \"A\")", "protect(roles = any(\"A\", \"B\"))"),
            ("protect(groups = G)", "protect"),
            ("protect(groups = all(G, H))", "protect(groups = H)"),
            ("protect(groups = G)", "protect(groups = any(G, H))"),
            ("protect", "protect(allow = user() || application_role(\"A\"))"),
            ("protect(application_roles = \"B\")", "protect(scopes = \"A\", application_roles = \"B\")"),
            ("protect(application_roles = \"A\")", "protect(allow = user() || application_role(\"A\"))"),
            ("protect(application_roles = \"A\")", "protect(application_roles = any(\"A\", \"B\"))"),
            ("protect(tenants = G)", "protect(tenants = any(G, H))"),
            ("protect(tenants = G)", "protect"),
            ("protect(tenants = G)", "protect(allow = !tenant(H))"),
            ("protect(allow = user())", "protect(allow = user() || application_role(\"A\"))"),
            ("protect(allow = user() && !role(\"A\"))", "protect"),
            ("protect(scopes = \"A\")", "protect(allow = user())"),
            ("protect(via = session)", "protect"),
            ("protect(via = bearer)", "protect"),
            ("protect(via = bearer, scopes = \"A\")", "protect(scopes = \"A\")"),
            ("protect(check = hours)", "protect"),
            ("protect(roles = \"A\", check = hours)", "protect(check = hours)"),
            ("protect(roles = \"A\")", "protect(allow = role(\"A\") || scope(\"B\"))"),
            ("protect(allow = role(\"A\") && !group(G))", "protect(allow = role(\"A\"))"),
            ("protect(allow = role(\"A\") && role(\"B\"))", "protect(roles = \"A\")"),
            ("protect(allow = !group(G))", "protect"),
            ("protect(roles = \"A\")", "protect(allow = role(\"A\") || application_role(\"A\"))"),
            ("protect(roles = \"A\") and protect(scopes = \"B\")", "protect(scopes = \"B\")"),
            ("protect(roles = \"A\") and protect(scopes = \"B\")", "protect(roles = \"A\")"),
            ("protect(roles = \"A\") and protect", "public"),
            (
                "protect and protect(application_roles = \"A\", roles = \"B\")",
                "protect(application_roles = \"A\", roles = \"B\")",
            ),
            ("protect(check = hours) and protect(check = days)", "protect(check = days)"),
            (
                "protect(check = a) and protect(check = b) and protect(check = c)",
                "protect(check = c) and protect(check = a)",
            ),
        ] {
            assert_eq!(change(narrow, wide), Change::Widened, "{narrow} → {wide}");
            assert_eq!(change(wide, narrow), Change::Narrowed, "{wide} → {narrow}");
        }
    }

    #[test]
    fn what_admits_others_or_the_same_is_changed() {
        let many: Vec<String> = (0..20).map(|number| format!("Scope.{number}")).collect();
        let many = format!("protect(scopes = \"{}\")", many.join(" "));
        for (one, other) in [
            ("public(reason = \"x\")", "public(reason = \"y\")"),
            ("protect(roles = \"A\")", "protect(roles = \"B\")"),
            ("protect(roles = \"A\")", "protect(groups = G)"),
            ("protect(scopes = \"A\")", "protect(scopes = \"B\")"),
            ("protect(via = session)", "protect(via = bearer)"),
            ("protect(check = hours)", "protect(check = days)"),
            ("protect(tenants = G)", "protect(tenants = H)"),
            (
                "protect(roles = \"A\", application_roles = \"B\")",
                "protect(roles = any(\"A\", \"C\"), application_roles = \"C\")",
            ),
            ("protect(roles = \"A\")", "protect(allow = role(\"A\"))"),
            ("protect", "protect(allow = user())"),
            ("protect", "protect(application_roles = \"A\")"),
            ("protect and protect(roles = \"A\")", "protect(roles = \"A\")"),
            ("protect(roles = \"A\") and protect(roles = \"B\")", "protect(roles = \"B\") and protect(roles = \"A\")"),
            (
                "protect(check = a) and protect(check = b) and protect(check = c) and protect(check = d) and protect(check = e)",
                "protect(check = a)",
            ),
            (&many, "protect(roles = \"A\")"),
        ] {
            assert_eq!(change(one, other), Change::Mixed, "{one} → {other}");
            assert_eq!(change(other, one), Change::Mixed, "{other} → {one}");
        }
    }

    fn change(before: &str, now: &str) -> Change {
        let [before, now] = [before, now].map(|text| text.replace('G', A).replace('H', B));
        let arena = Arena::default();
        let access = |text| RowAccess::read(text, &arena).unwrap();
        compare(&access(&before), &access(&now))
    }
}
