use super::*;
use crate::judgement::worlds::CallerKind::{Anyone, Application, Client, Session};
use crate::language::choice::Choice;
use crate::values::guid::Guid;

const A: Policy<'_> = Policy::Role("A");
const B: Policy<'_> = Policy::Role("B");
const JOB: Policy<'_> = Policy::ApplicationRole("J");
const ONE: Policy<'_> = Policy::Tenant(Guid::from_u128(1));
const TWO: Policy<'_> = Policy::Tenant(Guid::from_u128(2));
const STAFF: Policy<'_> = Policy::Group(Guid::from_u128(1));
const SCOPE: Policy<'_> = Policy::Scope("A");

#[test]
fn what_contradicts_itself_cannot_hold() {
    for (policy, expected) in [
        (Policy::All(&[A, B]), true),
        (Policy::All(&[A, Policy::Not(&A)]), false),
        (Policy::All(&[A, JOB]), false),
        (Policy::All(&[STAFF, JOB]), false),
        (Policy::All(&[SCOPE, JOB]), false),
        (Policy::All(&[ONE, TWO]), false),
        (Policy::Any(&[ONE, TWO]), true),
        (Policy::Not(&Policy::Any(&[A, Policy::Not(&A)])), false),
    ] {
        assert_eq!(policy.can_hold(CallerKind::EVERYONE), Some(expected), "{policy}");
    }
}

#[test]
fn without_a_caller_every_combination_of_facts_is_possible() {
    assert_eq!(Policy::All(&[A, JOB]).can_hold(&[Anyone]), Some(true));
    assert_eq!(Policy::All(&[A, Policy::Not(&A)]).can_hold(&[Anyone]), Some(false));
}

#[test]
fn what_holds_for_everyone_always_holds() {
    for (policy, expected) in [
        (Policy::Any(&[A, Policy::Not(&A)]), false),
        (Policy::Any(&[ONE, Policy::Not(&ONE)]), true),
        (Policy::Any(&[Policy::Not(&A), Policy::Not(&JOB)]), false),
        (Policy::Any(&[A, Policy::Not(&B)]), false),
        (Policy::Any(&[STAFF, Policy::Not(&STAFF)]), false),
    ] {
        assert_eq!(policy.always_holds(CallerKind::EVERYONE), Some(expected), "{policy}");
    }
    let people = CallerKind::PEOPLE;
    assert_eq!(Policy::Any(&[A, Policy::Not(&A)]).always_holds(people), Some(true));
    assert_eq!(Policy::User.always_holds(people), Some(true));
    assert_eq!(Policy::Not(&Policy::User).can_hold(CallerKind::EVERYONE), Some(false));
    assert_eq!(SCOPE.always_holds(&[Session]), Some(true));
    assert_eq!(SCOPE.always_holds(&[Session, Client]), Some(false));
}

#[test]
fn a_part_is_within_another_only_if_it_changes_nothing_when_groups_are_unknown() {
    let part = Policy::All(&[A, STAFF]);
    assert_eq!((part.is_within(&A), A.is_within(&part)), (Some(true), Some(false)));
    assert_eq!(A.is_within(&Policy::Any(&[STAFF, Policy::Not(&STAFF)])), Some(false));
    assert_eq!(A.is_within(&Policy::Named("Name", &A)), Some(true));
}

#[test]
fn whoever_has_something_of_a_person_is_one() {
    assert_eq!((A.is_within(&Policy::User), Policy::User.is_within(&A)), (Some(true), Some(false)));
}

#[test]
fn an_application_needs_a_role_that_is_named_and_that_it_has() {
    for (policy, expected) in [
        (JOB, false),
        (Policy::Any(&[A, JOB]), false),
        (Policy::Any(&[Policy::Not(&A), JOB]), false),
        (Policy::Any(&[Policy::User, JOB]), false),
        (Policy::All(&[ONE, JOB]), false),
        (Policy::Any(&[ONE, JOB]), true),
        (Policy::Any(&[Policy::Not(&ONE), JOB]), true),
        (Policy::Not(&JOB), true),
        (Policy::All(&[ONE, Policy::Any(&[A, Policy::Not(&JOB)])]), true),
        (Policy::Any(&[Policy::All(&[Policy::User, ONE]), JOB]), false),
        (Policy::Named("Name", &Policy::Any(&[ONE, JOB])), true),
    ] {
        assert_eq!(policy.admits_applications_without_role(), Some(expected), "{policy}");
        assert!(policy.can_hold(&[Application]).unwrap(), "{policy}");
    }
}

const EDITOR: Policy<'_> = Policy::Named("Editor", &Policy::Any(&[A, B]));
const ANYONE: Requirement<'_> = Requirement::ANYONE;

#[test]
fn a_policy_is_judged_through_the_names_in_it() {
    for (policy, expected) in [
        (EDITOR, None),
        (Policy::All(&[EDITOR, Policy::Not(&A)]), None),
        (Policy::Any(&[EDITOR, JOB]), None),
        (Policy::Not(&EDITOR), Some(Fault::SaysWhoMayNot)),
        (Policy::Any(&[SCOPE, Policy::Not(&EDITOR)]), Some(Fault::SaysWhoMayNot)),
        (Policy::All(&[EDITOR, Policy::Not(&EDITOR)]), Some(Fault::MetByNobody)),
        (Policy::All(&[EDITOR, JOB]), Some(Fault::MetByNobody)),
        (Policy::Named("Anyone", &Policy::User), Some(Fault::MetByEveryone)),
        (Policy::Any(&[Policy::Named("Here", &ONE), JOB]), Some(Fault::AdmitsApplications)),
        (Policy::All(&[EDITOR; 33]), Some(Fault::TooManyFacts)),
    ] {
        assert_eq!(policy.fault(), expected, "{policy}");
    }
}

#[test]
fn other_keys_that_say_who_may_are_joined_to_it() {
    let guests = Policy::Not(&EDITOR);
    let with = |requirement| Requirement { allow: Some(&guests), ..requirement };
    for (requirement, expected) in [
        (ANYONE, Some(Fault::SaysWhoMayNot)),
        (Requirement { scopes: &["S"], ..ANYONE }, None),
        (Requirement { tenants: &[Guid::from_u128(1)], ..ANYONE }, None),
        (Requirement { roles: Some(Choice::All(&["A"])), ..ANYONE }, Some(Fault::MetByNobodyBesideKeys)),
        (Requirement { roles: Some(Choice::All(&["C"])), ..ANYONE }, None),
    ] {
        assert_eq!(with(requirement).fault(), expected, "{requirement:?}");
    }
    let editors = Requirement { roles: Some(Choice::Any(&["A", "B"])), allow: Some(&EDITOR), ..ANYONE };
    assert_eq!(editors.fault(), Some(Fault::MetByEveryoneBesideKeys));
}

#[test]
fn a_kind_of_credential_narrows_who_is_considered() {
    let policy = Policy::Any(&[SCOPE, JOB]);
    for (via, expected) in [(None, None), (Some(Via::Bearer), None), (Some(Via::Session), Some(Fault::MetByEveryone))] {
        assert_eq!(Requirement { allow: Some(&policy), via, ..ANYONE }.fault(), expected, "{via:?}");
    }
}
