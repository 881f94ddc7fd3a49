//! Declarations that say nothing: parts that no caller can meet, that every caller meets, or that change nothing.

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
    app_roles: Option<&Argument>,
    problems: &mut Problems,
) {
    if protection.via != Via::Session {
        return;
    }
    if let Some(app_roles) = app_roles {
        let message = "`app_roles` admits applications, and `via = session` keeps them out: they have no session";
        let problem = Problem::new(app_roles.key.span(), message);
        problems.add(problem.help("remove `app_roles`, or `via = session`; what people need stands in `roles`"));
    }
    if let Some(scopes) = scopes.filter(|_| !protection.scopes.is_empty()) {
        let message = "a permission limits what a client may do for a person, and `via = session` keeps clients out";
        let problem = Problem::over(&scopes.value_or_key(), message);
        problems.add(problem.help("remove it: a session has every permission of its own application"));
    }
}

/// What is wrong within `allow`, at the smallest part that shows it.
pub(super) fn within(allow: &Located<'_>, protection: &Protection, problems: &mut Problems) {
    let callers = callers(allow, protection);
    if !is_idle(allow, &callers, problems) && problems.is_empty() {
        beside_other_keys(allow, protection, &callers, problems);
    }
}

/// Who is considered at all.
fn callers(allow: &Located<'_>, protection: &Protection) -> Vec<Caller> {
    let takes_applications = protection.app_roles.is_some() || allow.names_app_role();
    let is_considered = |caller: &Caller| match caller {
        Caller::Session => protection.via != Via::Bearer,
        Caller::Application => protection.via != Via::Session && takes_applications,
        Caller::Client | Caller::Anyone => protection.via != Via::Session,
    };
    EVERYONE.into_iter().filter(is_considered).collect()
}

/// Whether a part, or a part of it, decides nothing. The smallest one is the mistake, what follows from it is none.
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
    let swallowed = swallowed(node);
    let is_found = !swallowed.is_empty();
    for problem in swallowed {
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
    let (message, help) = if is_never(&[Caller::Anyone]) {
        (format!("no caller can meet `{found}`"), "its parts contradict each other: correct one of them")
    } else if is_never(&EVERYONE) {
        (
            format!("no caller can meet `{found}`"),
            "`role` and `group` are about a person, `app_role` is about an application without one, and a caller is of \
             one tenant; join with `||` what different callers meet",
        )
    } else if is_never(callers) {
        (
            format!("no caller can meet `{found}`"),
            "`via = session` keeps applications out: they have no session; remove one of the two",
        )
    } else if is_always(&EVERYONE) {
        (format!("every caller meets `{found}`"), "it asks nothing: correct one of its parts, or remove it")
    } else if is_always(callers) {
        (
            format!("every caller meets `{found}`"),
            "a session has every permission of its own application, and `via = session` admits nothing else: remove it",
        )
    } else {
        return None;
    };
    Some(Problem::over(node.expression, message).help(help))
}

/// Parts of a list that change nothing beside another one.
fn swallowed(node: &Located<'_>) -> Vec<Problem> {
    let policies = node.parts.iter().map(|part| &part.policy).collect::<Vec<_>>();
    let Some(worlds) = Worlds::of(&policies, &[Caller::Anyone]) else { return Vec::new() };
    let is_any = matches!(node.policy, Policy::Any(_));
    // In `a || b` the part that holds less often changes nothing, in `a && b` the one that holds more often.
    let swallows = |one: &Located<'_>, other: &Located<'_>| {
        let (less, more) = if is_any { (other, one) } else { (one, other) };
        worlds.implies(&less.policy, &more.policy)
    };
    let mut problems = Vec::new();
    for (place, part) in node.parts.iter().enumerate() {
        let others = node.parts.iter().enumerate().filter(|(other, _)| *other != place);
        // Of two that say the same the first one stays.
        let mut others = others.filter(|(other, by)| swallows(by, part) && (*other < place || !swallows(part, by)));
        if let Some((_, by)) = others.next() {
            problems.push(idle_beside(part, by, is_any));
        }
    }
    problems
}

fn idle_beside(part: &Located<'_>, by: &Located<'_>, is_any: bool) -> Problem {
    let (found, by_found) = (shown::code(part.expression), shown::code(by.expression));
    let message = match (part.policy == by.policy, is_any) {
        (true, _) => format!("`{found}` stands here twice"),
        (false, true) => format!("`{found}` admits nobody whom `{by_found}` beside it does not admit"),
        (false, false) => format!("`{found}` refuses nobody whom `{by_found}` beside it does not refuse"),
    };
    Problem::over(part.expression, message).help("remove it, or correct one of the two")
}

/// A policy that the other keys decide.
fn beside_other_keys(allow: &Located<'_>, protection: &Protection, callers: &[Caller], problems: &mut Problems) {
    let (of_people, of_applications) = other_keys(protection);
    let policies = [&allow.policy, &of_people, &of_applications];
    let Some(worlds) = Worlds::of(&policies, callers) else { return };
    let worlds = worlds.where_holds(&of_people, &PEOPLE).where_holds(&of_applications, &[Caller::Application]);
    let found = shown::code(allow.expression);
    let (message, help) = if !worlds.can_hold(&allow.policy) {
        let message = format!("no caller whom the other keys admit can meet `{found}`");
        (message, "all keys must hold: correct `allow` or the key that contradicts it")
    } else if worlds.always_holds(&allow.policy) {
        let message = format!("every caller whom the other keys admit meets `{found}`");
        (message, "all keys must hold: remove `allow`, or the key that asks for more than it")
    } else {
        return;
    };
    problems.add(Problem::over(allow.expression, message).help(help));
}

/// What the short keys ask, of people and of applications.
fn other_keys(protection: &Protection) -> (Policy, Policy) {
    let Protection { scopes, roles, groups, app_roles, tenants, .. } = protection;
    let tenants = tenants.iter().copied().map(Policy::Tenant).collect::<Vec<_>>();
    let tenants = (!tenants.is_empty()).then_some(Policy::Any(tenants));
    let mut of_people = scopes.iter().cloned().map(Policy::Scope).collect::<Vec<_>>();
    of_people.extend(roles.as_ref().map(|roles| chosen(roles, Policy::Role)));
    of_people.extend(groups.as_ref().map(|groups| chosen(groups, Policy::Group)));
    of_people.extend(tenants.clone());
    let of_applications = app_roles.as_ref().map(|roles| chosen(roles, Policy::AppRole)).into_iter().chain(tenants);
    (Policy::All(of_people), Policy::All(of_applications.collect()))
}

fn chosen<T: Clone>(choice: &Choice<Name<T>>, fact: impl Fn(Name<T>) -> Policy) -> Policy {
    let facts = choice.values.iter().cloned().map(fact).collect();
    match choice.quantifier {
        Quantifier::Any => Policy::Any(facts),
        Quantifier::All => Policy::All(facts),
    }
}
