//! Declarations that say nothing, or more than was meant: parts that no caller can meet, that every caller meets, or that
//! change nothing; and policies that would admit callers that they do not name.

use azure_auth_policy::{Arena, CallerKind, Choice, Fault, Policy, Requirement, Via, Worlds};
use quote::ToTokens;
use syn::Expr;

use super::policy::Located;
use crate::diagnostics::{Problem, Problems, shown};
use crate::model::item::Name;
use crate::model::meaning;
use crate::model::protection::{Protection, WrittenPolicy};
use crate::syntax::Argument;

/// Keys that `via = session` leaves without a meaning.
pub(super) fn with_sessions(
    protection: &Protection,
    scopes: Option<&Argument>,
    application_roles: Option<&Argument>,
    problems: &mut Problems,
) {
    if protection.via != Some(Via::Session) {
        return;
    }
    if let Some(application_roles) = application_roles {
        let message =
            "`application_roles` admits applications, but `via = session` keeps them out: they have no session";
        let problem = Problem::new(application_roles.key.span(), message);
        problems.add(problem.help("remove `application_roles`, or `via = session`; write what people need in `roles`"));
    }
    if let Some(scopes) = scopes.filter(|_| !protection.scopes.is_empty()) {
        let message = "a permission limits what a client may do for a person, but `via = session` keeps clients out";
        let problem = Problem::over(&scopes.value_or_key(), message);
        problems.add(problem.help("remove it: a session has every permission of its own application"));
    }
}

/// Both say what applications need, and one of them would be ignored.
pub(super) fn beside_application_roles(application_roles: &Argument, allow: &Located<'_>, problems: &mut Problems) {
    let facts = application_roles.value.as_ref().map_or_else(String::new, as_facts);
    let message = "`application_roles` and `allow` both say what an application needs";
    let problem = Problem::new(application_roles.key.span(), message);
    let policy = shown::code(allow.expression);
    problems.add(problem.help(format!("write it inside the policy, such as `allow = {policy} || {facts}`")));
}

/// A registration contains each value once, so that nobody has one of the two. What items stand for only `app!` sees.
pub(super) fn same_value(
    protection: &Protection,
    roles: [Option<&Argument>; 2],
    allow: Option<&Located<'_>>,
    problems: &mut Problems,
) {
    let (mut scopes, mut named) = (protection.scopes.iter().collect::<Vec<_>>(), Vec::new());
    for (choice, argument) in [&protection.roles, &protection.application_roles].into_iter().zip(roles) {
        let (Some(choice), Some(argument)) = (choice, argument) else { continue };
        named.extend(choice.values.iter().map(|role| (role, argument.value_or_key().to_token_stream())));
    }
    for fact in allow.map(facts).unwrap_or_default() {
        match &fact.policy {
            WrittenPolicy::Scope(scope) => scopes.push(scope),
            WrittenPolicy::Role(role) | WrittenPolicy::ApplicationRole(role) => {
                named.push((role, fact.expression.to_token_stream()));
            }
            _ => {}
        }
    }
    for (role, place) in named {
        let Name::Literal(value) = role else { continue };
        if scopes.contains(&role) {
            let message = format!("`{value}` is a scope of this declaration, and an app role here");
            problems.add(
                Problem::over(&place, message).help(
                    "change one of the two: a registration contains each value once, app roles and scopes together",
                ),
            );
        }
    }
}

/// The parts of a policy that have no parts.
fn facts<'l, 'e>(policy: &'l Located<'e>) -> Vec<&'l Located<'e>> {
    if policy.parts.is_empty() { vec![policy] } else { policy.parts.iter().flat_map(facts).collect() }
}

/// `application_role("A") || application_role("B")` for `any("A", "B")`.
fn as_facts(value: &Expr) -> String {
    let fact = |value: &Expr| format!("application_role({})", shown::code(value));
    match value {
        Expr::Call(list) => {
            let joined = if shown::code(&list.func) == "all" { " && " } else { " || " };
            list.args.iter().map(fact).collect::<Vec<_>>().join(joined)
        }
        one => fact(one),
    }
}

/// What is wrong within `allow`, at the smallest part that shows it.
pub(super) fn within(allow: &Located<'_>, protection: &Protection, problems: &mut Problems) {
    let callers = callers(allow, protection);
    if allow.policy == WrittenPolicy::User {
        let problem = Problem::over(allow.expression, "`#[protect]` admits any signed-in person without `user()`");
        problems.add(
            problem.help("remove `allow`, or join it with what else may call: `user() || application_role(\"…\")`"),
        );
        return;
    }
    if is_idle(allow, callers, problems) || !problems.is_empty() {
        return;
    }
    let arena = Arena::default();
    // What names stand for only the compiler knows, and judges by the same rules.
    let Some(policy) = meaning::policy(&allow.policy, &arena) else { return };
    let requirement = Requirement { allow: Some(&policy), ..meaning::other_keys(protection, &arena) };
    beside_other_keys(allow, &requirement, problems);
    if problems.is_empty() && !requirement.says_who() {
        names_who_may(allow, problems);
    }
    if problems.is_empty() && callers.contains(&CallerKind::Application) {
        admits_applications_by_role(allow, problems);
    }
}

/// The same of a policy that `app!` gives a name.
pub(super) fn within_named(named: &Located<'_>, problems: &mut Problems) {
    let callers = callers(named, &Protection::default());
    same_value(&Protection::default(), [None, None], Some(named), problems);
    if is_idle(named, callers, problems) || named.has_names() {
        return;
    }
    let says_who_may_not = alternatives(named).into_iter().filter(|part| is_so(part, |policy| !policy.says_who()));
    for part in says_who_may_not {
        let found = shown::code(part.expression);
        let problem = Problem::over(part.expression, format!("`{found}` says who may not call, but not who may"));
        problems.add(problem.help("name those, and write `!` in front of the name where the policy is used"));
    }
    if problems.is_empty() && callers.contains(&CallerKind::Application) {
        admits_applications_by_role(named, problems);
    }
}

/// A policy that only says who may not call would admit everyone else, unless another key says who may.
fn names_who_may(allow: &Located<'_>, problems: &mut Problems) {
    for part in alternatives(allow).into_iter().filter(|part| is_so(part, |policy| !policy.says_who())) {
        let found = shown::code(part.expression);
        let problem = Problem::over(part.expression, format!("`{found}` says who may not call, but not who may"));
        problems.add(problem.help(if part.may_name_application_role() {
            "name an application role that the caller must have: `application_role(\"…\")`".to_owned()
        } else {
            format!("write `user() && {found}` to admit every other signed-in person")
        }));
    }
}

/// An application without any of the roles that the policy names must not meet it.
fn admits_applications_by_role(allow: &Located<'_>, problems: &mut Problems) {
    let meets_without =
        |part: &Located<'_>| is_so(part, |policy| policy.admits_applications_without_role() == Some(true));
    if !meets_without(allow) {
        return;
    }
    for part in alternatives(allow).into_iter().filter(|part| meets_without(part)) {
        let found = shown::code(part.expression);
        let message = format!("`{found}` would admit applications without an application role that the policy names");
        let problem = Problem::over(part.expression, message);
        problems.add(problem.help(format!(
            "write `user() && {found}` if it is about people, `application_role(\"…\") && {found}` if it is about applications"
        )));
    }
}

/// Each of them is enough.
fn alternatives<'l, 'e>(policy: &'l Located<'e>) -> Vec<&'l Located<'e>> {
    match policy.policy {
        WrittenPolicy::Any(_) => policy.parts.iter().flat_map(alternatives).collect(),
        _ => vec![policy],
    }
}

/// Whether something is true of a part, as far as it does not take the compiler to know.
fn is_so(part: &Located<'_>, of: impl Fn(&Policy<'_>) -> bool) -> bool {
    meaning::policy(&part.policy, &Arena::default()).is_some_and(|policy| of(&policy))
}

/// Who is considered at all.
fn callers(allow: &Located<'_>, protection: &Protection) -> &'static [CallerKind] {
    let application_roles = allow.may_name_application_role().then_some(Choice::All(&[]));
    Requirement { via: protection.via, application_roles, ..Requirement::ANYONE }.callers()
}

/// Whether a part, or a part of it, decides nothing. Only the smallest one is reported: the others follow from it.
fn is_idle(node: &Located<'_>, callers: &[CallerKind], problems: &mut Problems) -> bool {
    let has_idle_part =
        node.parts.iter().map(|part| is_idle(part, callers, problems)).fold(false, |any, one| any | one);
    if has_idle_part || matches!(node.policy, WrittenPolicy::Not(_)) {
        return has_idle_part;
    }
    if let Some(problem) = decided(node, callers) {
        problems.add(problem);
        return true;
    }
    let redundant = redundant(node);
    let is_found = !redundant.is_empty();
    for problem in redundant {
        problems.add(problem);
    }
    is_found
}

/// A part that is the same for every caller.
fn decided(node: &Located<'_>, callers: &[CallerKind]) -> Option<Problem> {
    let found = shown::code(node.expression);
    let is_never = |callers: &[CallerKind]| is_so(node, |policy| policy.can_hold(callers) == Some(false));
    let is_always = |callers: &[CallerKind]| is_so(node, |policy| policy.always_holds(callers) == Some(true));
    // It says who may call beside a part that says who may not.
    if node.policy == WrittenPolicy::User {
        return None;
    }
    let (message, help) = if is_never(&[CallerKind::Anyone]) {
        (format!("no caller can meet `{found}`"), "correct one of its parts: they contradict each other")
    } else if is_never(CallerKind::EVERYONE) {
        (
            format!("no caller can meet `{found}`"),
            "`user()`, `role`, `scope` and `group` are about a person, `application_role` is about an application without \
             a person, and a caller belongs to one tenant; join what different callers meet with `||`",
        )
    } else if is_never(callers) {
        (
            format!("no caller can meet `{found}`"),
            "remove it, or `via = session`, which keeps applications out: they have no session",
        )
    } else if is_always(callers) && !is_always(CallerKind::PEOPLE) {
        (
            format!("every caller meets `{found}`"),
            "remove it: a session has every permission of its own application, and `via = session` admits only sessions",
        )
    } else if is_always(callers) {
        (format!("every caller meets `{found}`"), "correct one of its parts, or remove it")
    } else {
        return None;
    };
    Some(Problem::over(node.expression, message).help(help))
}

/// Parts of a list that change nothing beside another one.
fn redundant(node: &Located<'_>) -> Vec<Problem> {
    let arena = Arena::default();
    let known: Vec<Policy<'_>> = node.parts.iter().filter_map(|part| meaning::policy(&part.policy, &arena)).collect();
    if Worlds::of(&known.iter().collect::<Vec<_>>(), &[CallerKind::Anyone]).is_none() {
        return Vec::new();
    }
    let is_any = matches!(node.policy, WrittenPolicy::Any(_));
    // In `a || b` the part that holds less often changes nothing, in `a && b` the one that holds more often.
    let makes_redundant = |one: &Located<'_>, other: &Located<'_>| {
        let (less, more) = if is_any { (other, one) } else { (one, other) };
        less.policy == more.policy || is_so(less, |less| is_so(more, |more| less.is_within(more) == Some(true)))
    };
    let mut problems = Vec::new();
    for (place, part) in node.parts.iter().enumerate() {
        let others = node.parts.iter().enumerate().filter(|(other, _)| *other != place);
        // When two say the same, the first one stays.
        let mut others =
            others.filter(|(other, by)| makes_redundant(by, part) && (*other < place || !makes_redundant(part, by)));
        if let Some((_, by)) = others.next() {
            problems.push(idle_beside(part, by, is_any));
        }
    }
    problems
}

fn idle_beside(part: &Located<'_>, by: &Located<'_>, is_any: bool) -> Problem {
    let (found, by_found) = (shown::code(part.expression), shown::code(by.expression));
    let message = match (part.policy == by.policy, is_any) {
        (true, _) => format!("`{found}` appears here twice"),
        (false, true) => format!("`{found}` is redundant: `{by_found}` already admits everyone it admits"),
        (false, false) => format!("`{found}` is redundant: `{by_found}` already refuses everyone it refuses"),
    };
    Problem::over(part.expression, message).help("remove it, or correct one of the two")
}

/// A policy that the other keys decide.
fn beside_other_keys(allow: &Located<'_>, requirement: &Requirement<'_>, problems: &mut Problems) {
    let found = shown::code(allow.expression);
    let fault = requirement.fault_beside_keys();
    let (message, help) = if fault == Some(Fault::MetByNobodyBesideKeys) {
        let message = format!("no caller that the other keys admit can meet `{found}`");
        (message, "correct `allow` or the key that contradicts it: all keys must hold")
    } else if fault == Some(Fault::MetByEveryoneBesideKeys) {
        let message = format!("every caller that the other keys admit already meets `{found}`");
        (message, "remove `allow`, or the key that asks for more: all keys must hold")
    } else {
        return;
    };
    problems.add(Problem::over(allow.expression, message).help(help));
}
