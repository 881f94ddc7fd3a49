use super::CallerKind::{Anyone, Application, Client, Session};
use super::*;
use crate::values::guid::Guid;

const A: Policy<'_> = Policy::Role("A");
const STAFF: Policy<'_> = Policy::Group(Guid::from_u128(1));
const HERE: Policy<'_> = Policy::Tenant(Guid::from_u128(1));
const THERE: Policy<'_> = Policy::Tenant(Guid::from_u128(2));

/// Who calls, and what the facts come to: `1`, `0`, or `?`.
fn told(policies: &[&Policy<'_>], callers: &[CallerKind]) -> Vec<String> {
    let mut worlds = Worlds::of(policies, callers).unwrap();
    let mut told = Vec::new();
    while worlds.next() {
        let truths = (0..policies.len()).map(|policy| match worlds.truth(policy) {
            Truth::No => '0',
            Truth::Unknown => '?',
            Truth::Yes { .. } => '1',
        });
        told.push(format!("{:?} {}", worlds.caller(), truths.collect::<String>()));
    }
    told
}

#[test]
fn nobody_asked_about_nothing_still_calls() {
    assert_eq!(told(&[], CallerKind::EVERYONE), ["Session ", "Client ", "Application "]);
    assert_eq!(told(&[&Policy::All(&[])], &[Client]), ["Client 1"]);
    assert_eq!(told(&[&A], &[]), Vec::<String>::new());
}

#[test]
fn facts_are_possible_where_the_kind_of_caller_can_have_them() {
    assert_eq!(told(&[&A], CallerKind::EVERYONE), ["Session 0", "Session 1", "Client 0", "Client 1", "Application ?"]);
    let job = Policy::ApplicationRole("J");
    assert_eq!(told(&[&job], CallerKind::EVERYONE), ["Session ?", "Client ?", "Application 0", "Application 1"]);
    assert_eq!(told(&[&Policy::User], CallerKind::EVERYONE), ["Session 1", "Client 1", "Application ?"]);
    assert_eq!(
        told(&[&Policy::Scope("S")], CallerKind::EVERYONE),
        ["Session 1", "Client 0", "Client 1", "Application ?"]
    );
}

#[test]
fn groups_may_be_unknown_and_nobody_is_of_two_tenants() {
    assert_eq!(told(&[&STAFF], &[Session]), ["Session 0", "Session ?", "Session 1", "Session ?"]);
    assert_eq!(told(&[&HERE, &THERE], &[Application]), ["Application 00", "Application 10", "Application 01"]);
    assert_eq!(told(&[&HERE, &THERE], &[Anyone]).len(), 4);
}

#[test]
fn the_same_fact_is_the_same_wherever_it_stands() {
    let twice = Policy::All(&[A, Policy::Not(&Policy::Named("Name", &A))]);
    assert_eq!(told(&[&A, &twice, &A], &[Client]), ["Client 000", "Client 101"]);
}

#[test]
fn too_many_facts_are_not_looked_at() {
    let groups: Vec<Policy<'_>> = (0..10).map(|number| Policy::Group(Guid::from_u128(number))).collect();
    assert!(Worlds::of(&[&Policy::Any(&groups)], CallerKind::EVERYONE).is_none());
    assert!(Worlds::of(&[&Policy::Any(&groups[..9])], CallerKind::EVERYONE).is_some());
    let leaves = vec![A; 65];
    assert!(Worlds::of(&[&Policy::Any(&leaves)], &[Client]).is_none());
    assert_eq!(told(&[&Policy::Any(&leaves[..64]), &Policy::All(&[])], &[Client]).len(), 2);
}
