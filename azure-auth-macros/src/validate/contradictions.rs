//! Declarations that say nothing, or more than was meant: parts that no caller can meet, that every caller meets, or that
//! change nothing; and policies that would admit callers that they do not name.

use syn::Expr;

use super::policy::Located;
use crate::diagnostics::{Problem, Problems, shown};
use crate::model::item::Name;
use crate::model::protection::{Choice, Policy, Protection, Quantifier, Via};
use crate::syntax::Argument;
use crate::truth::{Caller, Worlds};

const PEOPLE: [Caller; 2] = [Caller::Session, Caller::Client];
const EVERYONE: [Caller; 3] = [Caller::Session, Caller::Client, Caller::Application];

/// Keys that `via = session` leaves without a meaning.
pub(super) fn with_sessions(
    protection: &Protection,
    scopes: Option<&Argument>,
    application_roles: Option<&Argument>,
    problems: &mut Problems,
) {
    if protection.via != Via::Session {
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
    if allow.policy == Policy::User {
        let problem = Problem::over(allow.expression, "`#[protect]` admits any signed-in person without `user()`");
        problems.add(
            problem.help("remove `allow`, or join it with what else may call: `user() || application_role(\"…\")`"),
        );
        return;
    }
    if is_idle(allow, &callers, problems) || !problems.is_empty() {
        return;
    }
    beside_other_keys(allow, protection, &callers, problems);
    if problems.is_empty() {
        names_who_may(allow, protection, problems);
    }
    if problems.is_empty() && callers.contains(&Caller::Application) {
        admits_applications_by_role(allow, problems);
    }
}

/// A policy that only says who may not call would admit everyone else, unless another key says who may.
fn names_who_may(allow: &Located<'_>, protection: &Protection, problems: &mut Problems) {
    let Protection { scopes, roles, groups, tenants, .. } = protection;
    if !scopes.is_empty() || roles.is_some() || groups.is_some() || !tenants.is_empty() {
        return;
    }
    for part in alternatives(allow).into_iter().filter(|part| !says_who(&part.policy, false)) {
        let found = shown::code(part.expression);
        let problem = Problem::over(part.expression, format!("`{found}` says who may not call, but not who may"));
        problems.add(problem.help(if part.names_application_role() {
            "name an application role that the caller must have: `application_role(\"…\")`".to_owned()
        } else {
            format!("write `user() && {found}` to admit every other signed-in person")
        }));
    }
}

/// An application without any of the roles that the policy names must not meet it.
fn admits_applications_by_role(allow: &Located<'_>, problems: &mut Problems) {
    let meets_without = |policy| {
        Worlds::of(&[policy], &[Caller::Application]).is_some_and(|worlds| worlds.can_hold_without_role(policy))
    };
    if !meets_without(&allow.policy) {
        return;
    }
    for part in alternatives(allow).into_iter().filter(|part| meets_without(&part.policy)) {
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
        Policy::Any(_) => policy.parts.iter().flat_map(alternatives).collect(),
        _ => vec![policy],
    }
}

/// Whether it asks for a fact to be true, rather than not to be true. Each alternative must do so.
fn says_who(policy: &Policy, is_negated: bool) -> bool {
    match policy {
        Policy::Not(inner) => says_who(inner, !is_negated),
        Policy::All(parts) if is_negated => parts.iter().all(|part| says_who(part, true)),
        Policy::All(parts) => parts.iter().any(|part| says_who(part, false)),
        Policy::Any(parts) if is_negated => parts.iter().any(|part| says_who(part, true)),
        Policy::Any(parts) => parts.iter().all(|part| says_who(part, false)),
        _ => !is_negated,
    }
}

/// Who is considered at all.
fn callers(allow: &Located<'_>, protection: &Protection) -> Vec<Caller> {
    let takes_applications = allow.names_application_role();
    let is_considered = |caller: &Caller| match caller {
        Caller::Session => protection.via != Via::Bearer,
        Caller::Application => protection.via != Via::Session && takes_applications,
        Caller::Client | Caller::Anyone => protection.via != Via::Session,
    };
    EVERYONE.into_iter().filter(is_considered).collect()
}

/// Whether a part, or a part of it, decides nothing. Only the smallest one is reported: the others follow from it.
fn is_idle(node: &Located<'_>, callers: &[Caller], problems: &mut Problems) -> bool {
    let has_idle_part =
        node.parts.iter().map(|part| is_idle(part, callers, problems)).fold(false, |any, one| any | one);
    if has_idle_part || matches!(node.policy, Policy::Not(_)) {
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
fn decided(node: &Located<'_>, callers: &[Caller]) -> Option<Problem> {
    let worlds = |callers: &[Caller]| Worlds::of(&[&node.policy], callers);
    let found = shown::code(node.expression);
    let is_never = |callers: &[Caller]| worlds(callers).is_some_and(|worlds| !worlds.can_hold(&node.policy));
    let is_always = |callers: &[Caller]| worlds(callers).is_some_and(|worlds| worlds.always_holds(&node.policy));
    // It says who may call beside a part that says who may not.
    if node.policy == Policy::User {
        return None;
    }
    let (message, help) = if is_never(&[Caller::Anyone]) {
        (format!("no caller can meet `{found}`"), "correct one of its parts: they contradict each other")
    } else if is_never(&EVERYONE) {
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
    } else if is_always(callers) && !is_always(&PEOPLE) {
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
    let policies = node.parts.iter().map(|part| &part.policy).collect::<Vec<_>>();
    let Some(worlds) = Worlds::of(&policies, &[Caller::Anyone]) else { return Vec::new() };
    let is_any = matches!(node.policy, Policy::Any(_));
    // In `a || b` the part that holds less often changes nothing, in `a && b` the one that holds more often.
    let makes_redundant = |one: &Located<'_>, other: &Located<'_>| {
        let (less, more) = if is_any { (other, one) } else { (one, other) };
        worlds.implies(&less.policy, &more.policy)
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
fn beside_other_keys(allow: &Located<'_>, protection: &Protection, callers: &[Caller], problems: &mut Problems) {
    let (of_people, of_everyone) = other_keys(protection);
    let Some(worlds) = Worlds::of(&[&allow.policy, &of_people, &of_everyone], callers) else { return };
    let worlds = worlds.where_holds(&of_people, &PEOPLE).where_holds(&of_everyone, &EVERYONE);
    let found = shown::code(allow.expression);
    let (message, help) = if !worlds.can_hold(&allow.policy) {
        let message = format!("no caller that the other keys admit can meet `{found}`");
        (message, "correct `allow` or the key that contradicts it: all keys must hold")
    } else if worlds.always_holds(&allow.policy) {
        let message = format!("every caller that the other keys admit already meets `{found}`");
        (message, "remove `allow`, or the key that asks for more: all keys must hold")
    } else {
        return;
    };
    problems.add(Problem::over(allow.expression, message).help(help));
}

/// What the short keys ask of people, and of everyone.
fn other_keys(protection: &Protection) -> (Policy, Policy) {
    let Protection { scopes, roles, groups, tenants, .. } = protection;
    let mut of_people = scopes.iter().cloned().map(Policy::Scope).collect::<Vec<_>>();
    of_people.extend(roles.as_ref().map(|roles| chosen(roles, Policy::Role)));
    of_people.extend(groups.as_ref().map(|groups| chosen(groups, Policy::Group)));
    let tenants = tenants.iter().copied().map(Policy::Tenant).collect::<Vec<_>>();
    let of_everyone = if tenants.is_empty() { Policy::All(tenants) } else { Policy::Any(tenants) };
    (Policy::All(of_people), of_everyone)
}

fn chosen<T: Clone>(choice: &Choice<Name<T>>, fact: impl Fn(Name<T>) -> Policy) -> Policy {
    let facts = choice.values.iter().cloned().map(fact).collect();
    match choice.quantifier {
        Quantifier::Any => Policy::Any(facts),
        Quantifier::All => Policy::All(facts),
    }
}
