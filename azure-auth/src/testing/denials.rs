//! The cases of a denial matrix: what nobody writes by hand, from what a row declares. Pure, and without credentials.

use std::fmt;

use azure_auth_policy::{Guid, Requirement};
use http::Method;

use crate::model::policies::row::Row;
use crate::rules::policy::caller_space::{Caller, CallerKind, Fact, Questions};
use crate::rules::request::same_origin;

/// One request to one row, and what must become of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Case {
    /// What follows `refuses` or `admits`.
    pub(super) sender: String,
    pub(super) credential: Credential,
    pub(super) is_foreign: bool,
    pub(super) is_admitted: bool,
    /// Whether it is tried with the tokens that the row takes, which nobody here agreed to.
    pub(super) takes_tokens: bool,
}

/// What a request proves its sender with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Credential {
    None,
    Of(Caller<'static>, Flaw),
}

/// What is wrong with a credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flaw {
    Nothing,
    Expired,
    Forged,
    /// Belongs to a tenant that the application does not accept.
    Tenant,
    /// For somebody else's API.
    Audience,
}

/// The methods that a row is asked with. One that answers all of them is asked with one that changes nothing, and one
/// that may.
pub(super) fn methods(row: &Row) -> Vec<&str> {
    row.method.as_deref().map_or_else(|| vec!["GET", "POST"], |method| vec![method])
}

/// The cases of a row that asks for something, with one method.
pub(super) fn cases(row: &Row, method: &str) -> Vec<Case> {
    let access = row.access();
    let requirements = access.requirements();
    if requirements.is_empty() {
        return Vec::new();
    }
    let questions = Questions::of(requirements);
    let mut cases = vec![refused("an anonymous caller".to_owned(), Credential::None)];
    for kind in CallerKind::ALL {
        let admitted = barely_admitted(requirements, &questions, kind);
        match admitted.first() {
            None => cases.push(unwanted(&questions, kind)),
            Some(caller) => cases.extend(flawed(caller, method)),
        }
        for caller in &admitted {
            let (sender, credential) = (caller.to_string(), sound(caller));
            cases.push(Case { sender, credential, is_foreign: false, is_admitted: true, takes_tokens: false });
            cases.extend(one_fact_away(caller, requirements, &questions));
            cases.extend(without_consent(row, caller));
        }
    }
    // Two callers may be short of different facts and be the same.
    let mut seen: Vec<String> = Vec::new();
    cases.retain(|case| {
        let is_new = !seen.contains(&case.sender);
        seen.push(case.sender.clone());
        is_new
    });
    cases
}

/// Callers who are admitted, and would not be with one fact less: every way to get in, without what is of no use.
fn barely_admitted(
    requirements: &[Requirement<'static>],
    questions: &Questions<'static>,
    kind: CallerKind,
) -> Vec<Caller<'static>> {
    let is_admitted = |caller: &Caller| caller.knows_groups && caller.is_admitted(requirements);
    let needs_all = |caller: &Caller| caller.facts.iter().all(|fact| !is_admitted(&caller.flipped(*fact)));
    if questions.are_few() {
        return questions.callers(kind).filter(is_admitted).filter(needs_all).collect();
    }
    // Where there are more than can be tried: one who has everything, less what can be taken away.
    let facts: Vec<Fact> = questions.of_kind(kind).collect();
    let with_all = |tenant| Caller { kind, facts: facts.clone(), knows_groups: true, tenant };
    let without = |caller: Caller<'static>, fact: &Fact<'static>| {
        Some(caller.flipped(*fact)).filter(is_admitted).unwrap_or(caller)
    };
    let admitted = questions.tenants().map(with_all).filter(is_admitted);
    admitted.map(|caller| facts.iter().fold(caller, without)).collect()
}

/// A kind of which nobody is admitted, whatever they have.
fn unwanted(questions: &Questions<'static>, kind: CallerKind) -> Case {
    let caller = Caller { kind, facts: questions.of_kind(kind).collect(), knows_groups: true, tenant: None };
    refused(kind.to_string(), sound(&caller))
}

/// Credentials that would open the row if nothing were wrong with them.
fn flawed(caller: &Caller<'static>, method: &str) -> Vec<Case> {
    let noun = caller.kind.credential();
    let flawed = |words: &str, flaw| refused(format!("{noun} {words}"), Credential::Of(caller.clone(), flaw));
    let mut cases = vec![
        flawed("that is expired", Flaw::Expired),
        flawed("that is forged", Flaw::Forged),
        flawed("of a tenant that is not accepted", Flaw::Tenant),
    ];
    if caller.kind != CallerKind::Session {
        cases.push(flawed("for another audience", Flaw::Audience));
    } else if !is_safe(method) {
        cases.push(Case { is_foreign: true, ..flawed("that another site sends", Flaw::Nothing) });
    }
    cases
}

/// Whom the row would admit, without the tokens that it takes for them.
fn without_consent(row: &Row, caller: &Caller<'static>) -> Option<Case> {
    let takes_tokens = row.needs().any(|need| !need.demanded().is_empty());
    let is_person = caller.kind != CallerKind::Application;
    (takes_tokens && is_person).then(|| Case {
        takes_tokens,
        ..refused(format!("{caller} who has not agreed to the tokens that it takes"), sound(caller))
    })
}

/// Callers who are refused though one fact alone makes the difference.
fn one_fact_away(
    caller: &Caller<'static>,
    requirements: &[Requirement<'static>],
    questions: &Questions<'static>,
) -> Vec<Case> {
    let facts = questions.of_kind(caller.kind).map(|fact| {
        let other = caller.flipped(fact);
        let is_missing = caller.facts.contains(&fact);
        let words = if is_missing { format!("{other} without {fact}") } else { other.to_string() };
        (words, other)
    });
    let overage = Caller { knows_groups: false, ..caller.clone() };
    let tenants = questions.tenants().map(|tenant| Caller { tenant, ..caller.clone() });
    let others = [overage].into_iter().chain(tenants).map(|other| (other.to_string(), other));
    let refused_ones = facts.chain(others).filter(|(_, other)| !other.is_admitted(requirements));
    refused_ones.map(|(words, other)| refused(words, sound(&other))).collect()
}

fn refused(sender: String, credential: Credential) -> Case {
    Case { sender, credential, is_foreign: false, is_admitted: false, takes_tokens: false }
}

fn sound(caller: &Caller<'static>) -> Credential {
    Credential::Of(caller.clone(), Flaw::Nothing)
}

fn is_safe(method: &str) -> bool {
    method.parse().is_ok_and(|method: Method| same_origin::is_safe(&method, false))
}

/// The tenants that callers come from, in these cases.
pub(super) fn tenants(cases: &[Case]) -> Vec<Guid> {
    let tenant = |case: &Case| if let Credential::Of(caller, _) = &case.credential { caller.tenant } else { None };
    cases.iter().filter_map(tenant).collect()
}

impl<'r> Caller<'r> {
    /// The same caller with one fact less, or more.
    fn flipped(&self, fact: Fact<'r>) -> Self {
        let mut facts = self.facts.clone();
        match facts.iter().position(|found| *found == fact) {
            Some(place) => {
                facts.remove(place);
            }
            None => facts.push(fact),
        }
        facts.sort_unstable();
        Self { facts, ..self.clone() }
    }
}

impl CallerKind {
    fn credential(self) -> &'static str {
        match self {
            Self::Session => "a session",
            Self::Client => "a token",
            Self::Application => "a token of an application",
        }
    }
}

impl fmt::Display for CallerKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Application => "an application without a person",
            kind => kind.credential(),
        })
    }
}

/// `a token with Files.Read and role Admin`.
impl fmt::Display for Caller<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.kind.credential())?;
        if let Some(tenant) = self.tenant {
            write!(formatter, " of tenant {tenant}")?;
        }
        if !self.facts.is_empty() {
            let facts: Vec<String> = self.facts.iter().map(ToString::to_string).collect();
            write!(formatter, " with {}", facts.join(" and "))?;
        }
        formatter.write_str(if self.knows_groups { "" } else { " whose groups are not known" })
    }
}

impl fmt::Display for Fact<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Scope(scope) => formatter.write_str(scope),
            Self::Role(role) => write!(formatter, "role {role}"),
            Self::Group(group) => write!(formatter, "group {group}"),
            Self::ApplicationRole(role) => write!(formatter, "application role {role}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::policies::declaration::{Access, Declaration};
    use azure_auth_policy::RowAccess;

    fn told(method: &str, declaration: &str) -> Vec<String> {
        let (declaration, arena) = (declaration.to_owned().leak(), Box::leak(Box::default()));
        let RowAccess::Protected(requirements) = RowAccess::read(declaration, arena).unwrap() else {
            return Vec::new();
        };
        let declared =
            |requirement| Declaration { access: Access::Protected(requirement), ..Declaration::protected("handler") };
        let mut declarations = requirements.into_iter().map(declared).rev();
        let row = Row::new("/", Some(method.to_owned()), declarations.next().unwrap());
        let row = declarations.fold(row, |row, guard| row.behind(Box::leak(Box::new(guard))));
        let cases = cases(&row, method);
        cases.iter().map(|case| format!("{} {}", if case.is_admitted { "+" } else { "-" }, case.sender)).collect()
    }

    #[test]
    fn a_row_of_scopes_and_app_roles_has_every_case() {
        assert_eq!(
            told("POST", "protect(scopes = \"Files.Read Mail\", application_roles = \"Files.All\")"),
            [
                "- an anonymous caller",
                "- a session that is expired",
                "- a session that is forged",
                "- a session of a tenant that is not accepted",
                "- a session that another site sends",
                "+ a session",
                "- a token that is expired",
                "- a token that is forged",
                "- a token of a tenant that is not accepted",
                "- a token for another audience",
                "+ a token with Files.Read and Mail",
                "- a token with Mail without Files.Read",
                "- a token with Files.Read without Mail",
                "- a token of an application that is expired",
                "- a token of an application that is forged",
                "- a token of an application of a tenant that is not accepted",
                "- a token of an application for another audience",
                "+ a token of an application with application role Files.All",
                "- a token of an application without application role Files.All",
            ]
        );
    }

    #[test]
    fn a_row_inside_of_a_guard_has_the_cases_of_both() {
        let cases = told("POST", "protect(roles = \"A\", application_roles = \"B\") and protect(scopes = \"C\")");
        for expected in [
            "+ a session with role A",
            "- a session without role A",
            "- a session that another site sends",
            "+ a token with C and role A",
            "- a token with C without role A",
            "- a token with role A without C",
            "- an application without a person",
        ] {
            assert!(cases.contains(&expected.to_owned()), "{expected} in {cases:#?}");
        }
        assert!(!cases.iter().any(|case| case.starts_with("+ a token of an application")), "{cases:#?}");
    }

    #[test]
    fn an_endpoint_for_every_method_is_asked_with_one_that_changes_something() {
        let row = |method: Option<&str>| Row::new("/", method.map(str::to_owned), Declaration::protected("endpoint"));
        assert_eq!(methods(&row(None)), ["GET", "POST"]);
        assert_eq!(methods(&row(Some("PATCH"))), ["PATCH"]);
    }

    #[test]
    fn what_a_row_does_not_take_is_refused_whatever_it_has() {
        let cases = told("GET", "protect(via = session, roles = \"Admin\")");
        assert!(cases.contains(&"- a token".to_owned()), "{cases:?}");
        assert!(cases.contains(&"- an application without a person".to_owned()), "{cases:?}");
        assert!(cases.contains(&"- a session without role Admin".to_owned()), "{cases:?}");
        assert!(!cases.iter().any(|case| case.contains("another site")), "{cases:?}");
        assert!(told("GET", "protect(via = bearer)").contains(&"- a session".to_owned()));
    }

    #[test]
    fn every_way_to_get_in_has_its_cases() {
        let cases = told("GET", "protect(allow = role(\"Admin\") || (role(\"Writer\") && !role(\"Guest\")))");
        for expected in [
            "+ a session with role Admin",
            "+ a session with role Writer",
            "- a session without role Admin",
            "- a session with role Guest and role Writer",
        ] {
            assert_eq!(cases.iter().filter(|case| *case == expected).count(), 1, "{expected} in {cases:#?}");
        }
    }

    #[test]
    fn a_row_of_more_facts_than_can_be_tried_has_cases_as_well() {
        let scopes: Vec<String> = (10..30).map(|number| format!("Scope.{number}")).collect();
        let declaration = format!("protect(scopes = \"{}\", roles = any(\"A\", \"B\"))", scopes.join(" "));
        let cases = told("GET", &declaration);
        assert_eq!(cases.iter().filter(|case| case.contains(" without Scope.")).count(), 20, "{cases:#?}");
        assert!(cases.contains(&"+ a session with role B".to_owned()), "{cases:#?}");
    }

    #[test]
    fn groups_may_be_unknown_and_tenants_others() {
        let id = "00000000-0000-0000-0000-000000000001";
        let cases = told("GET", &format!("protect(groups = \"{id}\", tenants = \"{id}\")"));
        for expected in [
            format!("+ a session of tenant {id} with group {id}"),
            format!("- a session of tenant {id} without group {id}"),
            format!("- a session of tenant {id} with group {id} whose groups are not known"),
            format!("- a session with group {id}"),
        ] {
            assert!(cases.contains(&expected), "{expected} in {cases:#?}");
        }
    }
}
