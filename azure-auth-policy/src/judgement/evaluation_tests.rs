use proptest::prelude::*;

use super::*;
use crate::language::arena::Arena;
use crate::values::guid::Guid;

const A: Policy<'_> = Policy::Role("A");
const B: Policy<'_> = Policy::Scope("B");
const J: Policy<'_> = Policy::ApplicationRole("J");
const YES: Truth = Truth::Yes { by_application_role: false };
const BY_ROLE: Truth = Truth::Yes { by_application_role: true };

#[test]
fn what_is_unknown_decides_nothing_and_neither_does_its_opposite() {
    for (policy, expected) in [
        (A, Truth::Unknown),
        (Policy::Not(&A), Truth::Unknown),
        (Policy::All(&[A, B]), Truth::Unknown),
        (Policy::Any(&[A, B]), YES),
        (Policy::All(&[A, Policy::Not(&B)]), Truth::No),
        (Policy::Any(&[A, Policy::Not(&B)]), Truth::Unknown),
        (Policy::Named("Name", &Policy::Any(&[A, B])), YES),
    ] {
        assert_eq!(policy.evaluate(0b10, 0b10), expected, "{policy}");
    }
}

#[test]
fn an_application_role_is_seen_only_where_it_makes_the_policy_true() {
    for (policy, is_true, expected) in [
        (J, 0b1, BY_ROLE),
        (Policy::Any(&[A, J]), 0b01, YES),
        (Policy::Any(&[A, J]), 0b11, BY_ROLE),
        (Policy::All(&[A, J]), 0b11, BY_ROLE),
        (Policy::Not(&J), 0b0, YES),
        (Policy::Not(&Policy::Not(&J)), 0b1, YES),
        (Policy::Named("Name", &J), 0b1, BY_ROLE),
    ] {
        assert_eq!(policy.evaluate(is_true, u64::MAX), expected, "{policy}");
    }
}

#[test]
fn lists_of_nothing_are_met_by_everyone_and_by_nobody() {
    assert_eq!(Policy::All(&[]).evaluate(0, 0), YES);
    assert_eq!(Policy::Any(&[]).evaluate(0, 0), Truth::No);
}

#[test]
fn facts_that_have_no_bit_are_unknown() {
    const MANY: [Policy<'_>; 70] = [A; 70];
    let policy = Policy::All(&MANY);
    assert_eq!(policy.leaves(), 70);
    assert_eq!(policy.evaluate(u64::MAX, u64::MAX), Truth::Unknown);
    assert_eq!(Policy::All(&MANY[..64]).evaluate(u64::MAX, u64::MAX), YES);
}

/// The same by Kleene's tables, with a list of what is known in place of masks.
fn naive(policy: &Policy<'_>, facts: &mut impl Iterator<Item = Option<bool>>) -> Option<bool> {
    match policy {
        Policy::Named(_, inner) => naive(inner, facts),
        Policy::Not(inner) => naive(inner, facts).map(|holds| !holds),
        Policy::All(parts) => {
            let values: Vec<_> = parts.iter().map(|part| naive(part, facts)).collect();
            if values.contains(&Some(false)) {
                Some(false)
            } else {
                values.into_iter().collect::<Option<Vec<_>>>().map(|_| true)
            }
        }
        Policy::Any(parts) => {
            let values: Vec<_> = parts.iter().map(|part| naive(part, facts)).collect();
            if values.contains(&Some(true)) {
                Some(true)
            } else {
                values.into_iter().collect::<Option<Vec<_>>>().map(|_| false)
            }
        }
        _ => facts.next().flatten(),
    }
}

/// A policy without lists to keep.
#[derive(Clone, Debug)]
enum Shape {
    Fact(u8),
    Not(Box<Shape>),
    Named(Box<Shape>),
    All(Vec<Shape>),
    Any(Vec<Shape>),
}

impl Shape {
    fn policy<'a>(&self, arena: &'a Arena<'a>) -> Policy<'a> {
        let parts = |parts: &[Self]| arena.parts(parts.iter().map(|part| part.policy(arena)).collect());
        match self {
            Self::Fact(0) => Policy::User,
            Self::Fact(1) => A,
            Self::Fact(2) => B,
            Self::Fact(3) => J,
            Self::Fact(number) => Policy::Group(Guid::from_u128(u128::from(*number))),
            Self::Not(inner) => Policy::Not(arena.policy(inner.policy(arena))),
            Self::Named(inner) => Policy::Named("Name", arena.policy(inner.policy(arena))),
            Self::All(list) => Policy::All(parts(list)),
            Self::Any(list) => Policy::Any(parts(list)),
        }
    }
}

fn shapes() -> impl Strategy<Value = Shape> {
    (0..6_u8).prop_map(Shape::Fact).prop_recursive(4, 48, 4, |inner| {
        prop_oneof![
            inner.clone().prop_map(|shape| Shape::Not(Box::new(shape))),
            inner.clone().prop_map(|shape| Shape::Named(Box::new(shape))),
            prop::collection::vec(inner.clone(), 0..4).prop_map(Shape::All),
            prop::collection::vec(inner, 0..4).prop_map(Shape::Any),
        ]
    })
}

proptest! {
    #[test]
    fn it_comes_to_what_the_tables_say(shape in shapes(), is_true in any::<u64>(), is_known in any::<u64>()) {
        let arena = Arena::default();
        let policy = shape.policy(&arena);
        prop_assume!(policy.leaves() <= MOST_LEAVES);
        let mut facts = (0..).map(|bit| (is_known >> bit & 1 == 1).then_some(is_true >> bit & 1 == 1));
        let found = match policy.evaluate(is_true, is_known) {
            Truth::No => Some(false),
            Truth::Unknown => None,
            Truth::Yes { .. } => Some(true),
        };
        prop_assert_eq!(found, naive(&policy, &mut facts));
    }

    #[test]
    fn more_knowledge_never_turns_an_answer_around(shape in shapes(), is_true in any::<u64>(), is_known in any::<u64>(), more in any::<u64>()) {
        let arena = Arena::default();
        let policy = shape.policy(&arena);
        let before = policy.evaluate(is_true, is_known);
        let after = policy.evaluate(is_true, is_known | more);
        prop_assert!(before == Truth::Unknown || before.is_yes() == after.is_yes());
    }

    #[test]
    fn it_is_read_back_as_it_is_written(shape in shapes()) {
        use crate::language::requirement::Requirement;
        use crate::language::row_access::RowAccess;

        let arena = Arena::default();
        let policy = shape.policy(&arena);
        let has_empty_list = policy.to_string().replace("user()", "").contains("()");
        prop_assume!(policy.leaves() <= MOST_LEAVES && !has_empty_list);
        let text = RowAccess::Protected(vec![Requirement { allow: Some(&policy), ..Requirement::ANYONE }]).to_string();
        let kept = Arena::default();
        let read = RowAccess::read(&text, &kept).map_err(|error| TestCaseError::fail(format!("{text}: {error}")))?;
        let again = read.to_string();
        let known = Arena::default();
        let twice = RowAccess::read(&again, &known).map_err(|error| TestCaseError::fail(format!("{again}: {error}")))?;
        prop_assert_eq!(twice.to_string(), again);
        for is_true in [0, 0b1010_1010, 0b0101_0101, u64::MAX] {
            let found = read.requirements()[0].allow.unwrap().evaluate(is_true, u64::MAX);
            prop_assert_eq!(found, policy.evaluate(is_true, u64::MAX), "{}", text);
        }
    }
}
