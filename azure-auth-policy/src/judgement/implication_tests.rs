use super::*;
use crate::language::choice::Choice;
use crate::values::guid::Guid;

const ANYONE: Requirement<'_> = Requirement::ANYONE;
const ADMIN: Policy<'_> = Policy::Any(&[Policy::Role("Admin"), Policy::ApplicationRole("Admin")]);
const READ: Policy<'_> = Policy::Scope("Files.Read");
const STAFF_ID: Guid = Guid::from_u128(1);
const GUESTS_ID: Guid = Guid::from_u128(2);
const STAFF: Policy<'_> = Policy::Group(STAFF_ID);
const ROLE: Policy<'_> = Policy::Role("Admin");
const EITHER: Policy<'_> = Policy::Any(&[ROLE, Policy::ApplicationRole("Admin")]);
const OTHER: Policy<'_> = Policy::Any(&[ROLE, Policy::ApplicationRole("Jobs.Run")]);

#[test]
fn what_every_admitted_caller_has_is_implied() {
    for (requirement, fact, expected) in [
        (ANYONE, ADMIN, false),
        (Requirement { roles: Some(Choice::All(&["Writer", "Admin"])), ..ANYONE }, ADMIN, true),
        (Requirement { roles: Some(Choice::All(&["Writer", "Admi"])), ..ANYONE }, ADMIN, false),
        (Requirement { roles: Some(Choice::Any(&["Admin"])), ..ANYONE }, ADMIN, true),
        (Requirement { roles: Some(Choice::Any(&["Writer", "Admin"])), ..ANYONE }, ADMIN, false),
        (Requirement { scopes: &["Files.Read"], ..ANYONE }, READ, true),
        (Requirement { scopes: &["Files.ReadWrite"], ..ANYONE }, READ, false),
        (Requirement { via: Some(Via::Session), ..ANYONE }, READ, true),
        (Requirement { groups: Some(Choice::All(&[STAFF_ID])), ..ANYONE }, STAFF, true),
        (Requirement { groups: Some(Choice::Any(&[GUESTS_ID])), ..ANYONE }, STAFF, false),
        (Requirement { allow: Some(&ROLE), ..ANYONE }, ADMIN, true),
        (Requirement { allow: Some(&Policy::Named("Name", &ROLE)), ..ANYONE }, ADMIN, true),
        (Requirement { allow: Some(&ROLE), ..ANYONE }, Policy::Named("Name", &ADMIN), true),
        (Requirement { allow: Some(&Policy::Not(&ROLE)), ..ANYONE }, ADMIN, false),
        (Requirement { allow: Some(&Policy::All(&[ROLE, Policy::Scope("x")])), ..ANYONE }, ADMIN, true),
        (Requirement { allow: Some(&Policy::Any(&[ROLE, Policy::Scope("x")])), ..ANYONE }, ADMIN, false),
    ] {
        assert_eq!(requirement.implies(&fact), expected, "{requirement:?} and {fact:?}");
    }
}

#[test]
fn applications_must_have_it_too_where_they_are_admitted() {
    let roles = Some(Choice::All(&["Admin"]));
    let people_only = Requirement { roles, ..ANYONE };
    let both = Requirement { application_roles: roles, ..people_only };
    let others = Requirement { application_roles: Some(Choice::All(&["Jobs.Run"])), ..people_only };
    assert!(people_only.implies(&ADMIN) && both.implies(&ADMIN) && !others.implies(&ADMIN));

    assert!(Requirement { allow: Some(&EITHER), ..ANYONE }.implies(&ADMIN));
    let other = Requirement { allow: Some(&OTHER), ..ANYONE };
    assert!(!other.implies(&ADMIN));
    assert!(Requirement { via: Some(Via::Session), ..other }.implies(&ADMIN));
    assert!(!Requirement { scopes: &["Files.Read"], ..both }.implies(&READ), "an application has no scopes");
    let applications_only = Requirement { application_roles: roles, ..ANYONE };
    assert!(applications_only.implies(&ADMIN), "there are no people to lack it");
}

#[test]
fn several_facts_are_implied_one_by_one() {
    let requirement = Requirement { roles: Some(Choice::All(&["Admin"])), scopes: &["Files.Read"], ..ANYONE };
    assert!(requirement.implies(&Policy::All(&[ADMIN, READ])));
    assert!(!requirement.implies(&Policy::All(&[ADMIN, READ, STAFF])));
}

#[test]
fn of_more_facts_than_can_be_tried_the_parts_show_it() {
    const SCOPES: [&str; 12] = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"];
    assert!(Requirement { scopes: &SCOPES, ..ANYONE }.implies(&Policy::Scope("l")));
    let scopes = SCOPES.map(Policy::Scope);
    let policy = Policy::Any(&[Policy::All(&[ROLE, Policy::All(&scopes)]), Policy::Named("Name", &ROLE)]);
    assert!(Requirement { allow: Some(&policy), ..ANYONE }.implies(&ROLE));
    assert!(!Requirement { allow: Some(&policy), ..ANYONE }.implies(&Policy::Role("Owner")));
}

#[test]
fn a_role_that_only_another_one_excludes_is_implied() {
    let policy = Policy::All(&[Policy::Any(&[ROLE, Policy::Role("B")]), Policy::Not(&Policy::Role("B"))]);
    assert!(Requirement { allow: Some(&policy), ..ANYONE }.implies(&ROLE));
}
