//! Who is admitted: each part of a requirement, first what passes, then what is one part short; and all parts together
//! against an evaluator that is too simple to be wrong.

use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::model::callers::groups::{Groups, RelevantGroups};
use crate::model::callers::identity::{Identity, UserId};
use crate::model::callers::principal::{ApplicationIdentity, Permissions};
use crate::model::downstream::tokens_in_hand::TokensInHand;
use crate::model::unix_time::UnixTime;
use crate::rules::token::id_token::tests::{TENANT, entra_identity};

const ANYONE: Requirement = Requirement::ANYONE;
const STAFF: Guid = group(1);
const GUESTS: Guid = group(2);
const OTHER_TENANT: Guid = Guid::from_u128(7);

fn tenant() -> Guid {
    TENANT.parse().unwrap()
}

const fn group(number: u128) -> Guid {
    Guid::from_u128(number)
}

fn principal(party: Party, evidence: Evidence, groups: Groups) -> Principal {
    Principal {
        party,
        evidence,
        client_id: None,
        groups,
        ends_at: UnixTime(0),
        known_until: UnixTime(0),
        tokens: TokensInHand::default(),
    }
}

/// What a token tells of groups, and one that does not.
fn listed(groups: &[Guid]) -> Groups {
    Groups::of_token(Ok(groups.to_vec()))
}

fn unknown() -> Groups {
    Groups::of_token(Err(OVERAGE))
}

const OVERAGE: UnknownGroups = UnknownGroups::Overage;

/// A person with the role `Admin`, in the group `STAFF`.
fn person(evidence: Evidence) -> Principal {
    principal(Party::User(Arc::new(entra_identity())), evidence, listed(&[STAFF]))
}

fn session() -> Principal {
    person(Evidence::Session)
}

fn delegated(scopes: &str) -> Principal {
    person(Evidence::Bearer(Permissions(scopes.to_owned())))
}

fn with_roles(principal: Principal, roles: &[&str]) -> Principal {
    let Party::User(identity) = &principal.party else { panic!("a person has roles") };
    let identity = Identity { roles: roles.iter().map(ToString::to_string).collect(), ..identity.as_ref().clone() };
    Principal { party: Party::User(Arc::new(identity)), ..principal }
}

fn with_groups(groups: Groups) -> Principal {
    Principal { groups, ..delegated("Files.Read") }
}

fn without_tenant() -> Principal {
    let id = UserId::OpenId { issuer: "https://accounts.example".to_owned(), subject: "s".to_owned() };
    Principal { party: Party::User(Arc::new(Identity { id, ..entra_identity() })), ..session() }
}

fn application(roles: &[&str]) -> Principal {
    let identity = ApplicationIdentity {
        client_id: "c".to_owned(),
        object: None,
        tenant: tenant(),
        roles: roles.iter().map(ToString::to_string).collect(),
    };
    let evidence = Evidence::Bearer(Permissions::default());
    principal(Party::Application(Arc::new(identity)), evidence, unknown())
}

#[track_caller]
fn admits(requirement: &Requirement, principal: &Principal) {
    assert_eq!(judge(requirement, principal), Ok(()), "{requirement:?} {principal:?}");
}

#[track_caller]
fn refuses(requirement: &Requirement, principal: &Principal, expected: &NotAdmitted, reason: Reason) {
    let refusal = judge(requirement, principal).unwrap_err();
    assert_eq!((&refusal, refusal.reason()), (expected, reason));
    assert!(!format!("{refusal} {refusal:?}").contains("Adele"), "{refusal}");
}

fn texts(names: &[&str]) -> Vec<String> {
    names.iter().map(ToString::to_string).collect()
}

/// At a provider that writes `roles` in a form of its own, nobody has a role, and nobody is without one.
#[test]
fn roles_that_nobody_can_read_admit_neither_with_a_role_nor_without_it() {
    const ADMIN: Policy = Policy::Role("Admin");
    const NOT_ADMIN: Policy = Policy::Not(&ADMIN);
    const EITHER: Policy = Policy::Any(&[ADMIN, NOT_ADMIN]);
    const SIGNED_IN: Policy = Policy::Any(&[ADMIN, Policy::User]);
    let identity = Identity { roles: Vec::new(), roles_are_unknown: true, ..entra_identity() };
    let person = |identity| Principal { party: Party::User(Arc::new(identity)), ..session() };
    let unknown = person(identity.clone());
    let without = person(Identity { roles_are_unknown: false, ..identity.clone() });
    for (policy, of_unknown, of_none) in
        [(&ADMIN, false, false), (&NOT_ADMIN, false, true), (&EITHER, false, true), (&SIGNED_IN, true, true)]
    {
        let requirement = Requirement { allow: Some(policy), ..Requirement::ANYONE };
        assert_eq!(judge(&requirement, &unknown).is_ok(), of_unknown, "{policy}");
        assert_eq!(judge(&requirement, &without).is_ok(), of_none, "{policy}");
    }
    let requirement = Requirement { roles: Some(Choice::Any(&["Admin"])), ..Requirement::ANYONE };
    assert!(matches!(judge(&requirement, &unknown), Err(NotAdmitted::Role { .. })));

    // A session remembers it, and one from before this was written still opens.
    let text = serde_json::to_string(&identity).unwrap();
    assert!(serde_json::from_str::<Identity>(&text).unwrap() == identity);
    let known = Identity { roles_are_unknown: false, ..identity };
    let text = serde_json::to_string(&known).unwrap();
    assert!(!text.ends_with("false]") && serde_json::from_str::<Identity>(&text).unwrap() == known);
}

#[test]
fn whoever_asks_nothing_admits_every_person_and_no_application() {
    for principal in [session(), delegated("Files.Read"), with_groups(unknown()), without_tenant()] {
        admits(&ANYONE, &principal);
        admits(&Requirement { openid_scopes: &["email", "offline_access"], ..ANYONE }, &principal);
    }
    let robot = application(&["Files.Read.All"]);
    refuses(&ANYONE, &robot, &NotAdmitted::ApplicationUnwanted, Reason::ApplicationNotAdmitted);
}

#[test]
fn via_admits_one_kind_of_credential() {
    let by_session = Requirement { via: Some(Via::Session), ..ANYONE };
    let by_bearer = Requirement { via: Some(Via::Bearer), ..ANYONE };
    admits(&by_session, &session());
    admits(&by_bearer, &delegated("x"));
    refuses(&by_session, &delegated("x"), &NotAdmitted::SessionRequired, Reason::SessionRequired);
    refuses(&by_session, &application(&["x"]), &NotAdmitted::SessionRequired, Reason::SessionRequired);
    refuses(&by_bearer, &session(), &NotAdmitted::BearerRequired, Reason::BearerRequired);
    admits(&Requirement { application_roles: Some(Choice::Any(&["x"])), ..by_bearer }, &application(&["x"]));
}

#[test]
fn tenants_admit_those_they_list() {
    let own: &'static [Guid] = Box::leak(Box::new([OTHER_TENANT, tenant()]));
    let anyone = Policy::Any(&[Policy::User, Policy::ApplicationRole("x")]);
    let anyone: &'static Policy<'static> = Box::leak(Box::new(anyone));
    let listed = Requirement { tenants: own, allow: Some(anyone), ..ANYONE };
    let other = Requirement { tenants: &[OTHER_TENANT], ..listed };
    for principal in [session(), delegated("x"), application(&["x"])] {
        admits(&listed, &principal);
        let refusal = NotAdmitted::Tenant { expected: &[OTHER_TENANT], found: tenant() };
        refuses(&other, &principal, &refusal, Reason::TenantNotAdmitted);
    }
    refuses(&listed, &without_tenant(), &NotAdmitted::TenantMissing, Reason::TenantMissing);
}

#[test]
fn scopes_limit_clients_and_not_sessions() {
    let requirement = Requirement { scopes: &["Files.Read", "Files.List"], ..ANYONE };
    admits(&requirement, &session());
    for scopes in ["Files.List Files.Read", "Files.Read  Files.List", " Files.Read Files.List x "] {
        admits(&requirement, &delegated(scopes));
    }
    for (scopes, expected) in [
        ("Files.Read", "Files.List"),
        ("Files.List", "Files.Read"),
        ("", "Files.Read"),
        ("files.read Files.List", "Files.Read"),
        ("Files.Read.All Files.List", "Files.Read"),
        ("Files.Read,Files.List", "Files.Read"),
        ("Files.Read\tFiles.List", "Files.Read"),
        ("Files.Read\u{a0}Files.List", "Files.Read"),
        ("https://api.contoso.com/Files.Read Files.List", "Files.Read"),
    ] {
        let found = if scopes.is_empty() { "none" } else { scopes }.to_owned();
        refuses(&requirement, &delegated(scopes), &NotAdmitted::Scope { expected, found }, Reason::ScopeMissing);
    }
    // A role of the same name is not a scope.
    let named_alike = with_roles(delegated("x"), &["Files.Read", "Files.List"]);
    let missing = NotAdmitted::Scope { expected: "Files.Read", found: "x".to_owned() };
    refuses(&requirement, &named_alike, &missing, Reason::ScopeMissing);
}

#[test]
fn roles_are_the_persons_any_or_all() {
    let any = Choice::Any(&["Admin", "Writer"]);
    let all = Choice::All(&["Admin", "Writer"]);
    for principal in [session(), delegated("x")] {
        for (expected, roles, is_admitted) in [
            (any, &["Admin"][..], true),
            (any, &["Reader", "Writer"], true),
            (any, &["Reader"], false),
            (any, &[], false),
            (any, &["admin", "Admin "], false),
            (all, &["Writer", "Reader", "Admin"], true),
            (all, &["Admin"], false),
            (all, &[], false),
        ] {
            let principal = with_roles(person(copied(&principal.evidence)), roles);
            let requirement = Requirement { roles: Some(expected), ..ANYONE };
            if is_admitted {
                admits(&requirement, &principal);
            } else {
                let refusal = NotAdmitted::Role { expected, found: texts(roles) };
                refuses(&requirement, &principal, &refusal, Reason::RoleMissing);
            }
        }
    }
    // A scope of the same name is not a role.
    let requirement = Requirement { roles: Some(Choice::Any(&["Writer"])), ..ANYONE };
    let refusal = NotAdmitted::Role { expected: Choice::Any(&["Writer"]), found: texts(&["Admin"]) };
    refuses(&requirement, &delegated("Writer"), &refusal, Reason::RoleMissing);
}

fn copied(evidence: &Evidence) -> Evidence {
    match evidence {
        Evidence::Session => Evidence::Session,
        Evidence::Bearer(permissions) => Evidence::Bearer(Permissions(permissions.0.clone())),
    }
}

/// What handlers ask is what the same word in `allow` says: a yes where it admits, a no where its opposite does.
#[test]
fn an_answer_in_a_handler_is_that_of_the_same_word_in_a_declaration() {
    const WORDS: [(Policy<'_>, Policy<'_>, Policy<'_>); 8] = [
        (Policy::User, Policy::Not(&Policy::User), Policy::User),
        (Policy::Role("Admin"), Policy::Not(&Policy::Role("Admin")), Policy::Role("Admin")),
        (Policy::Role("Writer"), Policy::Not(&Policy::Role("Writer")), Policy::Role("Writer")),
        (Policy::Scope("Files.Read"), Policy::Not(&Policy::Scope("Files.Read")), Policy::Scope("Files.Read")),
        (Policy::Scope("Other"), Policy::Not(&Policy::Scope("Other")), Policy::Scope("Other")),
        (Policy::Group(STAFF), Policy::Not(&Policy::Group(STAFF)), Policy::Group(STAFF)),
        (Policy::Group(GUESTS), Policy::Not(&Policy::Group(GUESTS)), Policy::Group(GUESTS)),
        (
            Policy::ApplicationRole("Admin"),
            Policy::Not(&Policy::ApplicationRole("Admin")),
            Policy::ApplicationRole("Admin"),
        ),
    ];
    let unreadable = Identity { roles_are_unknown: true, ..entra_identity() };
    let unreadable = Principal { party: Party::User(Arc::new(unreadable)), ..session() };
    for person in [session(), delegated("Files.Read"), unreadable, with_groups(unknown()), without_tenant()] {
        for (word, opposite, question) in &WORDS {
            let expected = match (told(word, &person), told(opposite, &person)) {
                (Told::Yes { .. }, Told::No) => Answer::Yes,
                (Told::No, Told::Yes { .. }) => Answer::No,
                (Told::Unknown(_), Told::Unknown(_)) => Answer::Unknown,
                other => panic!("{other:?}"),
            };
            assert_eq!(ask(question, &person), expected, "{word} of {person:?}");
        }
    }
    let robot = application(&["Admin"]);
    for (question, expected) in [
        (Policy::Role("Admin"), Answer::Unknown),
        (Policy::ApplicationRole("Admin"), Answer::Yes),
        (Policy::ApplicationRole("Writer"), Answer::No),
        (Policy::Scope("Files.Read"), Answer::Unknown),
        (Policy::Group(STAFF), Answer::Unknown),
        (Policy::User, Answer::Unknown),
    ] {
        assert_eq!(ask(&question, &robot), expected, "{question:?}");
    }
    assert_eq!(ask(&Policy::ApplicationRole("Admin"), &session()), Answer::Unknown);
    assert_eq!(ask(&Policy::Role("Other"), &session()), Answer::No);
}

#[test]
fn groups_are_the_persons_and_unknown_ones_are_neither_yes_nor_no() {
    let any = Choice::Any(&[STAFF, GUESTS]);
    let all = Choice::All(&[STAFF, GUESTS]);
    for (expected, groups, is_admitted) in [
        (any, &[STAFF][..], true),
        (any, &[group(7), GUESTS], true),
        (any, &[group(7)], false),
        (any, &[], false),
        (all, &[GUESTS, STAFF], true),
        (all, &[STAFF], false),
        (all, &[], false),
    ] {
        let requirement = Requirement { groups: Some(expected), ..ANYONE };
        let principal = with_groups(listed(groups));
        if is_admitted {
            admits(&requirement, &principal);
        } else {
            refuses(&requirement, &principal, &NotAdmitted::Group { expected }, Reason::GroupMissing);
        }
        let refusal = NotAdmitted::GroupsUnknown { expected: expected.to_string(), reason: OVERAGE };
        refuses(&requirement, &with_groups(unknown()), &refusal, Reason::GroupsUnknown);
    }
}

#[test]
fn applications_need_application_roles_and_nothing_that_people_need() {
    let of_people = Requirement {
        scopes: &["Files.Read"],
        roles: Some(Choice::All(&["Admin"])),
        groups: Some(Choice::Any(&[GUESTS])),
        ..ANYONE
    };
    let any = Choice::Any(&["Files.Read.All", "Files.List.All"]);
    let all = Choice::All(&["Files.Read.All", "Files.List.All"]);
    for (expected, roles, is_admitted) in [
        (any, &["Files.List.All"][..], true),
        (any, &["Other"], false),
        (any, &[], false),
        (any, &["Admin"], false),
        (all, &["x", "Files.List.All", "Files.Read.All"], true),
        (all, &["Files.Read.All"], false),
    ] {
        let requirement = Requirement { application_roles: Some(expected), ..of_people };
        if is_admitted {
            admits(&requirement, &application(roles));
        } else {
            let refusal = NotAdmitted::ApplicationRole { expected, found: texts(roles) };
            refuses(&requirement, &application(roles), &refusal, Reason::ApplicationRoleMissing);
        }
        // And people who meet what is asked of people need no application role.
        let both = Requirement { application_roles: Some(expected), roles: Some(Choice::Any(&["Admin"])), ..ANYONE };
        admits(&both, &delegated("x"));
        admits(&both, &session());
    }
    let robot = application(&["Files.Read.All", "Admin"]);
    refuses(&of_people, &robot, &NotAdmitted::ApplicationUnwanted, Reason::ApplicationNotAdmitted);
}

/// The safe reading of a key that could mean both: nobody is let in whom nothing was asked of.
#[test]
fn application_roles_alone_are_for_applications_only() {
    let alone = Requirement { application_roles: Some(Choice::Any(&["Robot"])), ..ANYONE };
    let narrowed = Requirement { via: Some(Via::Bearer), openid_scopes: &["email"], check: Some("hours"), ..alone };
    for requirement in [alone, narrowed] {
        admits(&requirement, &application(&["Robot"]));
        refuses(&requirement, &delegated("x"), &NotAdmitted::PersonUnwanted, Reason::PersonNotAdmitted);
    }
    refuses(&alone, &session(), &NotAdmitted::PersonUnwanted, Reason::PersonNotAdmitted);
    // Roles have the same names for both, and are not the same.
    let named_alike = with_roles(delegated("Robot"), &["Robot"]);
    refuses(&alone, &named_alike, &NotAdmitted::PersonUnwanted, Reason::PersonNotAdmitted);
    for opened in [
        Requirement { scopes: &["x"], ..alone },
        Requirement { roles: Some(Choice::Any(&["Admin"])), ..alone },
        Requirement { groups: Some(Choice::Any(&[STAFF])), ..alone },
    ] {
        admits(&opened, &delegated("x"));
        admits(&opened, &application(&["Robot"]));
    }
}

const ADMIN: Policy = Policy::Role("Admin");
const WRITER: Policy = Policy::Role("Writer");
const IN_STAFF: Policy = Policy::Group(STAFF);

/// What a policy comes to, with the reason where nothing is known of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Told {
    No,
    Unknown(Unknown),
    Yes { by_role: bool },
}

fn told(policy: &Policy<'_>, principal: &Principal) -> Told {
    match truth(policy, principal) {
        Truth::No => Told::No,
        Truth::Unknown => Told::Unknown(super::unknown(policy, principal).expect("what is unknown has a reason")),
        Truth::Yes { by_application_role } => Told::Yes { by_role: by_application_role },
    }
}

impl Told {
    fn of(is_so: bool) -> Self {
        if is_so { YES } else { NO }
    }

    fn not(self) -> Self {
        match self {
            Self::Yes { .. } => NO,
            Self::No => YES,
            Self::Unknown(_) => self,
        }
    }
}

const YES: Told = Told::Yes { by_role: false };
const NO: Told = Told::No;
const OVER: Told = Told::Unknown(Unknown::Group(OVERAGE));
const OTHER: Told = Told::Unknown(Unknown::OtherCaller);
const BY_ROLE: Told = Told::Yes { by_role: true };

/// `allow` alone, and what becomes of it for somebody whose groups are known and somebody whose groups are not.
#[test]
fn unknown_groups_spread_unless_the_other_side_decides_alone() {
    for (policy, known, of_overage) in [
        (&IN_STAFF, YES, OVER),
        (&Policy::Not(&IN_STAFF), NO, OVER),
        (&Policy::Not(&Policy::Not(&IN_STAFF)), YES, OVER),
        (&Policy::Not(&Policy::Group(GUESTS)), YES, OVER),
        (&Policy::Any(&[ADMIN, IN_STAFF]), YES, YES),
        (&Policy::Any(&[IN_STAFF, ADMIN]), YES, YES),
        (&Policy::Any(&[WRITER, IN_STAFF]), YES, OVER),
        (&Policy::Any(&[WRITER, Policy::Not(&IN_STAFF)]), NO, OVER),
        (&Policy::All(&[ADMIN, IN_STAFF]), YES, OVER),
        (&Policy::All(&[WRITER, IN_STAFF]), NO, NO),
        (&Policy::All(&[IN_STAFF, WRITER]), NO, NO),
        (&Policy::Any(&[Policy::All(&[WRITER, IN_STAFF]), ADMIN]), YES, YES),
        (&Policy::Any(&[Policy::All(&[WRITER, IN_STAFF]), WRITER]), NO, NO),
        (&Policy::All(&[ADMIN, Policy::Not(&Policy::Group(GUESTS))]), YES, OVER),
        (&Policy::Not(&Policy::All(&[WRITER, IN_STAFF])), YES, YES),
        (&Policy::Not(&Policy::Any(&[ADMIN, IN_STAFF])), NO, NO),
        // Whatever the groups are, one side holds; that nobody knows which is still not known.
        (&Policy::Any(&[IN_STAFF, Policy::Not(&IN_STAFF)]), YES, OVER),
    ] {
        let requirement = Requirement { allow: Some(policy), ..ANYONE };
        for (principal, expected) in [(with_groups(listed(&[STAFF])), known), (with_groups(unknown()), of_overage)] {
            assert_eq!(told(policy, &principal), expected, "{policy}");
            match expected {
                Told::Yes { .. } => admits(&requirement, &principal),
                Told::No => refuses(&requirement, &principal, &NotAdmitted::Policy { policy }, Reason::PolicyNotMet),
                Told::Unknown(_) => {
                    let refusal = NotAdmitted::GroupsUnknown { expected: policy.to_string(), reason: OVERAGE };
                    refuses(&requirement, &principal, &refusal, Reason::GroupsUnknown);
                }
            }
        }
    }
}

/// Every way in which a token can tell of groups, and every way to ask.
#[test]
fn a_token_that_does_not_tell_of_groups_is_neither_yes_nor_no() {
    let either = Policy::Any(&[WRITER, Policy::Not(&IN_STAFF)]);
    let unknown = |reason| Err(Told::Unknown(Unknown::Group(reason)));
    for (claim, expected) in [
        (Err(UnknownGroups::ClaimAbsent), unknown(UnknownGroups::ClaimAbsent)),
        (Err(UnknownGroups::Overage), unknown(UnknownGroups::Overage)),
        (Err(UnknownGroups::NotIds), unknown(UnknownGroups::NotIds)),
        (Ok(vec![]), Ok(false)),
        (Ok(vec![GUESTS]), Ok(false)),
        (Ok(vec![STAFF, GUESTS]), Ok(true)),
    ] {
        let principal = with_groups(Groups::of_token(claim));
        let expected =
            |is_so: fn(bool) -> bool| expected.map_or_else(|unknown| unknown, |found| Told::of(is_so(found)));
        assert_eq!(told(&IN_STAFF, &principal), expected(|found| found), "{principal:?}");
        assert_eq!(told(&Policy::Not(&IN_STAFF), &principal), expected(|found| !found), "{principal:?}");
        assert_eq!(told(&either, &principal), expected(|found| !found), "{principal:?}");
    }
}

#[test]
fn a_group_that_was_not_asked_about_is_neither_yes_nor_no() {
    let asked = RelevantGroups::new([STAFF]);
    let groups = asked.recall(asked.record(&listed(&[STAFF, GUESTS])).as_ref());
    let member = Principal { groups, ..session() };
    let not_asked = |expected: String| NotAdmitted::GroupsUnknown { expected, reason: UnknownGroups::NotAsked };
    admits(&Requirement { allow: Some(&IN_STAFF), ..ANYONE }, &member);
    for policy in [&Policy::Group(GUESTS), &Policy::Not(&Policy::Group(GUESTS))] {
        let requirement = Requirement { allow: Some(policy), ..ANYONE };
        refuses(&requirement, &member, &not_asked(policy.to_string()), Reason::GroupsUnknown);
    }
    let expected = Choice::All(&[STAFF, GUESTS]);
    let requirement = Requirement { groups: Some(expected), ..ANYONE };
    refuses(&requirement, &member, &not_asked(expected.to_string()), Reason::GroupsUnknown);
    admits(&Requirement { groups: Some(Choice::Any(&[GUESTS, STAFF])), ..ANYONE }, &member);
}

#[test]
fn each_fact_is_about_its_own_kind_of_caller_and_unknown_of_the_other() {
    let own_tenant = Policy::Tenant(tenant());
    for (policy, by_session, by_token, by_robot) in [
        (Policy::User, YES, YES, OTHER),
        (ADMIN, YES, YES, OTHER),
        (WRITER, NO, NO, OTHER),
        (Policy::ApplicationRole("Admin"), OTHER, OTHER, BY_ROLE),
        (Policy::ApplicationRole("Writer"), OTHER, OTHER, NO),
        (Policy::Scope("Files.Read"), YES, YES, OTHER),
        (Policy::Scope("Files.Write"), YES, NO, OTHER),
        (own_tenant, YES, YES, YES),
        (Policy::Tenant(group(7)), NO, NO, NO),
        (IN_STAFF, YES, YES, OTHER),
    ] {
        let negated: &'static Policy<'static> = Box::leak(Box::new(Policy::Not(Box::leak(Box::new(policy)))));
        for (principal, expected) in
            [(session(), by_session), (delegated("Files.Read"), by_token), (application(&["Admin"]), by_robot)]
        {
            assert_eq!(told(&policy, &principal), expected, "{policy} {principal:?}");
            assert_eq!(told(negated, &principal), expected.not(), "{negated} {principal:?}");
        }
    }
    for policy in [&own_tenant, &Policy::Not(&Policy::Tenant(OTHER_TENANT))] {
        assert_eq!(told(policy, &without_tenant()), Told::Unknown(Unknown::Tenant), "{policy}");
    }
    let elsewhere = Requirement { allow: Some(&Policy::Not(&Policy::Tenant(OTHER_TENANT))), ..ANYONE };
    refuses(&elsewhere, &without_tenant(), &NotAdmitted::TenantMissing, Reason::TenantMissing);
}

#[test]
fn applications_come_in_only_by_an_application_role_that_the_policy_names() {
    let role = Policy::ApplicationRole("Robot");
    for (policy, with_role, without) in [
        (role, true, false),
        (Policy::Any(&[ADMIN, Policy::ApplicationRole("Robot")]), true, false),
        (Policy::All(&[Policy::Not(&WRITER), Policy::ApplicationRole("Robot")]), false, false),
        // What an attacker's reading found: each holds for an application that has no role that is named.
        (Policy::Any(&[Policy::Not(&Policy::Role("Guest")), Policy::ApplicationRole("Robot")]), true, false),
        (Policy::Not(&Policy::ApplicationRole("Legacy.Job")), false, false),
        (
            Policy::All(&[
                Policy::Not(&Policy::Tenant(OTHER_TENANT)),
                Policy::Any(&[ADMIN, Policy::Not(&Policy::ApplicationRole("Blocked"))]),
            ]),
            false,
            false,
        ),
        (Policy::Any(&[Policy::Not(&Policy::Tenant(OTHER_TENANT)), Policy::ApplicationRole("Robot")]), true, false),
        (Policy::All(&[Policy::Not(&Policy::Tenant(OTHER_TENANT)), Policy::ApplicationRole("Robot")]), true, false),
    ] {
        let policy: &'static Policy<'static> = Box::leak(Box::new(policy));
        let requirement = Requirement { allow: Some(policy), ..ANYONE };
        for (roles, is_admitted) in [(&["Robot", "x"], with_role), (&["Other", "x"], without)] {
            let robot = application(roles);
            if is_admitted {
                admits(&requirement, &robot);
            } else {
                let refusal = NotAdmitted::ApplicationPolicy { policy, found: texts(roles) };
                refuses(&requirement, &robot, &refusal, Reason::ApplicationRoleMissing);
            }
        }
    }
    // A policy that speaks of people only.
    for policy in [&Policy::Not(&WRITER), &Policy::Not(&Policy::Tenant(OTHER_TENANT)), &Policy::User] {
        let of_people = Requirement { allow: Some(policy), ..ANYONE };
        admits(&of_people, &session());
        refuses(
            &of_people,
            &application(&["Robot"]),
            &NotAdmitted::ApplicationUnwanted,
            Reason::ApplicationNotAdmitted,
        );
    }
}

#[test]
fn short_keys_and_policy_must_both_hold() {
    let requirement = Requirement {
        scopes: &["Files.Read"],
        roles: Some(Choice::Any(&["Admin"])),
        allow: Some(&Policy::Not(&Policy::Group(GUESTS))),
        ..ANYONE
    };
    admits(&requirement, &delegated("Files.Read"));
    let refused = |principal: &Principal| judge(&requirement, principal).unwrap_err().reason();
    assert_eq!(refused(&delegated("x")), Reason::ScopeMissing);
    assert_eq!(refused(&with_roles(delegated("Files.Read"), &[])), Reason::RoleMissing);
    assert_eq!(refused(&with_groups(listed(&[GUESTS]))), Reason::PolicyNotMet);
    assert_eq!(refused(&with_groups(unknown())), Reason::GroupsUnknown);
}

#[test]
fn the_first_part_that_is_short_is_named() {
    let all = Requirement {
        via: Some(Via::Bearer),
        tenants: &[OTHER_TENANT],
        scopes: &["Files.Read"],
        roles: Some(Choice::Any(&["Writer"])),
        groups: Some(Choice::Any(&[GUESTS])),
        application_roles: Some(Choice::Any(&["Robot"])),
        allow: Some(&Policy::Scope("Files.Write")),
        ..ANYONE
    };
    let refused =
        |requirement: &Requirement, principal: &Principal| judge(requirement, principal).unwrap_err().reason();
    assert_eq!(refused(&all, &session()), Reason::BearerRequired);
    assert_eq!(refused(&all, &delegated("x")), Reason::TenantNotAdmitted);
    let all = Requirement { tenants: &[], ..all };
    assert_eq!(refused(&all, &application(&["x"])), Reason::ApplicationRoleMissing);
    assert_eq!(refused(&all, &application(&["Robot"])), Reason::ApplicationRoleMissing);
    assert_eq!(refused(&all, &delegated("x")), Reason::ScopeMissing);
    assert_eq!(refused(&all, &delegated("Files.Read")), Reason::RoleMissing);
    let writer = |groups| Principal { groups, ..with_roles(delegated("Files.Read"), &["Writer"]) };
    assert_eq!(refused(&all, &writer(unknown())), Reason::GroupsUnknown);
    assert_eq!(refused(&all, &writer(listed(&[STAFF]))), Reason::GroupMissing);
    assert_eq!(refused(&all, &writer(listed(&[GUESTS]))), Reason::PolicyNotMet);
}

// All parts together, for any requirement and any caller, against readings that know nothing of the one above.

/// A value for every fact that a policy can ask for, and plain logic: what nobody knows has one value or the other.
struct World<'p> {
    principal: &'p Principal,
    /// For what is not known: one bit for each kind of fact and name.
    guess: u32,
}

impl World<'_> {
    fn holds(&self, policy: &Policy) -> bool {
        match policy {
            Policy::Not(inner) => !self.holds(inner),
            Policy::Named(_, inner) => self.holds(inner),
            Policy::All(parts) => parts.iter().all(|part| self.holds(part)),
            Policy::Any(parts) => parts.iter().any(|part| self.holds(part)),
            fact => self.known(fact).unwrap_or_else(|| self.guess >> (place(fact) % 32) & 1 == 1),
        }
    }

    fn known(&self, fact: &Policy) -> Option<bool> {
        let has_role = |role: &str| self.principal.roles().contains(&role.to_owned());
        let is_person = matches!(self.principal.party, Party::User(_));
        match fact {
            Policy::User => is_person.then_some(true),
            Policy::Role(role) => is_person.then(|| has_role(role)),
            Policy::ApplicationRole(role) => (!is_person).then(|| has_role(role)),
            Policy::Scope(scope) => is_person.then(|| has_scope(self.principal, scope)),
            Policy::Tenant(tenant) => self.principal.tenant().map(|found| found == *tenant),
            Policy::Group(group) if is_person => self.principal.groups.contain(*group).ok(),
            _ => None,
        }
    }
}

fn place(fact: &Policy) -> u32 {
    format!("{fact}").bytes().fold(7, |sum, byte| sum.wrapping_mul(31).wrapping_add(u32::from(byte)))
}

fn has_scope(principal: &Principal, scope: &str) -> bool {
    match &principal.evidence {
        Evidence::Session => true,
        Evidence::Bearer(permissions) => permissions.0.split(' ').collect::<Vec<_>>().contains(&scope),
    }
}

/// The application roles that a policy names.
fn named(policy: &Policy<'static>, names: &mut Vec<&'static str>) {
    match policy {
        Policy::ApplicationRole(name) => names.push(name),
        Policy::Not(inner) | Policy::Named(_, inner) => named(inner, names),
        Policy::All(parts) | Policy::Any(parts) => parts.iter().for_each(|part| named(part, names)),
        _ => {}
    }
}

/// Few names, so that they meet often.
const NAMES: [&str; 4] = ["A", "B", "C", "A.B"];

fn name() -> impl Strategy<Value = &'static str> {
    proptest::sample::select(&NAMES[..])
}

fn any_group() -> impl Strategy<Value = Guid> {
    (1..4_u128).prop_map(group)
}

fn any_tenant() -> impl Strategy<Value = Guid> {
    prop_oneof![Just(tenant()), (1..3_u128).prop_map(group)]
}

fn leaked<T: Clone>(values: Vec<T>) -> &'static [T] {
    Box::leak(values.into_boxed_slice())
}

fn any_policy() -> impl Strategy<Value = &'static Policy<'static>> {
    let fact = prop_oneof![
        Just(Policy::User),
        name().prop_map(Policy::Role),
        name().prop_map(Policy::Scope),
        name().prop_map(Policy::ApplicationRole),
        any_group().prop_map(Policy::Group),
        any_tenant().prop_map(Policy::Tenant),
    ];
    let policy = fact.prop_recursive(3, 40, 4, |inner| {
        let parts = || prop::collection::vec(inner.clone(), 0..4).prop_map(leaked);
        prop_oneof![
            inner.clone().prop_map(|inner| Policy::Not(Box::leak(Box::new(inner)))),
            inner.clone().prop_map(|inner| Policy::Named("Name", Box::leak(Box::new(inner)))),
            parts().prop_map(Policy::All),
            parts().prop_map(Policy::Any),
        ]
    });
    policy.prop_map(|policy| &*Box::leak(Box::new(policy)))
}

fn any_fact() -> impl Strategy<Value = &'static Policy<'static>> {
    let fact =
        prop_oneof![name().prop_map(app_role), name().prop_map(Policy::Scope), any_group().prop_map(Policy::Group)];
    let facts = prop_oneof![
        4 => fact.clone(),
        1 => prop::collection::vec(fact, 2..4).prop_map(|facts| Policy::All(leaked(facts))),
    ];
    facts.prop_map(|fact| &*Box::leak(Box::new(fact)))
}

/// Of persons and applications alike.
fn app_role(role: &'static str) -> Policy<'static> {
    Policy::Any(Box::leak(Box::new([Policy::Role(role), Policy::ApplicationRole(role)])))
}

fn any_choice<T: Clone + std::fmt::Debug + 'static>(
    value: impl Strategy<Value = T>,
) -> impl Strategy<Value = Choice<'static, T>> {
    let values = prop::collection::vec(value, 1..4).prop_map(leaked);
    (any::<bool>(), values).prop_map(|(is_any, values)| if is_any { Choice::Any(values) } else { Choice::All(values) })
}

prop_compose! {
    fn any_requirement()(
        scopes in prop::collection::vec(name(), 0..3).prop_map(leaked),
        roles in prop::option::of(any_choice(name())),
        groups in prop::option::of(any_choice(any_group())),
        application_roles in prop::option::of(any_choice(name())),
        tenants in prop_oneof![2 => Just(Vec::new()), 1 => prop::collection::vec(any_tenant(), 1..3)].prop_map(leaked),
        via in prop_oneof![4 => Just(None), 1 => Just(Some(Via::Session)), 1 => Just(Some(Via::Bearer))],
        allow in prop::option::of(any_policy()),
    ) -> Requirement<'static> {
        Requirement { openid_scopes: &[], scopes, roles, groups, application_roles, tenants, via, allow, check: None }
    }
}

/// What a token tells, or a session remembers of it: known, absent, in overage, asked about in part, or asked about when
/// the question was another one.
fn any_groups() -> impl Strategy<Value = Groups> {
    let groups = || prop::collection::vec(any_group(), 0..3);
    let reason = prop_oneof![Just(UnknownGroups::ClaimAbsent), Just(OVERAGE), Just(UnknownGroups::NotIds)];
    let of_token = prop_oneof![2 => groups().prop_map(Ok), 1 => reason.prop_map(Err)].prop_map(Groups::of_token);
    let of_session = (of_token.clone(), groups(), groups(), any::<bool>()).prop_map(|(found, asked, now, is_other)| {
        let before = RelevantGroups::new(asked.iter().copied());
        let now = if is_other { RelevantGroups::new(now) } else { before.clone() };
        now.recall(before.record(&found).as_ref())
    });
    prop_oneof![of_token, of_session]
}

prop_compose! {
    fn any_principal()(
        kind in 0..4,
        roles in prop::collection::vec(name(), 0..4),
        scopes in prop::collection::vec(name(), 1..4),
        groups in any_groups(),
    ) -> Principal {
        let principal = match kind {
            0 => application(&roles),
            1 => with_roles(session(), &roles),
            2 => with_roles(without_tenant(), &roles),
            _ => with_roles(delegated(&scopes.join(" ")), &roles),
        };
        Principal { groups, ..principal }
    }
}

/// A requirement of `allow` and nothing else, and so `judge` of a policy.
fn by_policy(policy: &'static Policy<'static>, principal: &Principal) -> bool {
    judge(&Requirement { allow: Some(policy), ..ANYONE }, principal).is_ok()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8192, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whoever_is_admitted_would_be_with_either_value_of_what_is_not_known(
        policy in any_policy(),
        principal in any_principal(),
        guess in any::<u32>(),
    ) {
        if by_policy(policy, &principal) {
            let world = World { principal: &principal, guess };
            prop_assert!(world.holds(policy));
        }
    }

    /// The other way round: refusing is not enough, people for whom everything is known get in where they should.
    #[test]
    fn a_person_of_whom_everything_is_known_is_admitted_exactly_if_the_policy_holds(
        policy in any_policy(),
        principal in any_principal(),
    ) {
        let world = World { principal: &principal, guess: 0 };
        let mut facts = Vec::new();
        collect(policy, &mut facts);
        if matches!(principal.party, Party::User(_)) && facts.iter().all(|fact| world.known(fact).is_some()) {
            prop_assert_eq!(by_policy(policy, &principal), world.holds(policy));
        }
    }

    #[test]
    fn no_application_is_admitted_without_a_role_that_is_named(
        requirement in any_requirement(),
        principal in any_principal(),
    ) {
        if let Party::Application(application) = &principal.party && judge(&requirement, &principal).is_ok() {
            let mut names = Vec::new();
            if let Some(policy) = requirement.allow { named(policy, &mut names) }
            if let Some(Choice::Any(roles) | Choice::All(roles)) = requirement.application_roles { names.extend(roles) }
            prop_assert!(application.roles.iter().any(|role| names.contains(&role.as_str())));
        }
    }

    #[test]
    fn a_wider_policy_refuses_nobody_and_a_narrower_one_admits_nobody(
        policy in any_policy(),
        other in any_policy(),
        principal in any_principal(),
    ) {
        let wider: &'static Policy<'static> = Box::leak(Box::new(Policy::Any(leaked(vec![*policy, *other]))));
        let narrower: &'static Policy<'static> = Box::leak(Box::new(Policy::All(leaked(vec![*policy, *other]))));
        let [alone, other, in_either, in_both] =
            [policy, other, wider, narrower].map(|policy| by_policy(policy, &principal));
        prop_assert!(!alone || in_either);
        // An application may have what one of the two names, a person must meet both.
        let is_person = matches!(principal.party, Party::User(_));
        let may_be = if is_person { alone && other } else { alone || other };
        prop_assert!(may_be || !in_both);
    }

    /// Each key by itself refuses what it refuses beside the others.
    #[test]
    fn a_caller_is_admitted_only_if_every_key_holds_by_itself(
        requirement in any_requirement(),
        principal in any_principal(),
    ) {
        if judge(&requirement, &principal).is_ok() {
            let Requirement { scopes, roles, groups, application_roles, tenants, via, allow, .. } = requirement;
            let mut alone = vec![
                Requirement { tenants, ..of_all(&principal) },
                Requirement { via, ..of_all(&principal) },
                Requirement { allow, ..of_all(&principal) },
            ];
            if application_roles.is_some() && matches!(principal.party, Party::Application(_)) {
                alone.push(Requirement { application_roles, ..ANYONE });
            }
            if matches!(principal.party, Party::User(_)) {
                alone.extend([
                    Requirement { scopes, ..ANYONE },
                    Requirement { roles, ..ANYONE },
                    Requirement { groups, ..ANYONE },
                ]);
            }
            for requirement in alone {
                prop_assert_eq!(judge(&requirement, &principal), Ok(()), "{:?}", requirement);
            }
        }
    }

    /// What the compiler lets an argument prove is so.
    #[test]
    fn whoever_is_admitted_has_every_fact_that_is_implied(
        requirement in any_requirement(),
        principal in any_principal(),
        fact in any_fact(),
    ) {
        if requirement.implies(fact) && judge(&requirement, &principal).is_ok() {
            prop_assert_eq!(judge_fact(fact, &principal), Ok(()));
        }
    }

    /// A group outside of the question, and any group of a record for another question, is unknown; what is known is so.
    #[test]
    fn a_group_that_was_not_asked_about_never_decides(
        asked in prop::collection::vec(any_group(), 0..4),
        now in prop::collection::vec(any_group(), 0..4),
        member_of in prop::collection::vec(any_group(), 0..4),
        id in any_group(),
    ) {
        let (before, question) = (RelevantGroups::new(asked.clone()), RelevantGroups::new(now.clone()));
        let is_same = before == question;
        let known = question.recall(before.record(&listed(&member_of)).as_ref()).contain(id);
        let expected = (is_same && now.contains(&id)).then(|| member_of.contains(&id));
        prop_assert_eq!(known.ok(), expected);
    }
}

fn collect<'p>(policy: &'p Policy<'p>, facts: &mut Vec<&'p Policy<'p>>) {
    match policy {
        Policy::Not(inner) | Policy::Named(_, inner) => collect(inner, facts),
        Policy::All(parts) | Policy::Any(parts) => parts.iter().for_each(|part| collect(part, facts)),
        fact => facts.push(fact),
    }
}

/// What asks nothing of this caller: applications need a key that lets them in at all.
fn of_all(principal: &Principal) -> Requirement<'static> {
    match &principal.party {
        Party::User(_) => ANYONE,
        Party::Application(application) => {
            let roles = application.roles.iter().map(|role| &*role.clone().leak()).collect();
            Requirement { application_roles: Some(Choice::Any(leaked(roles))), ..ANYONE }
        }
    }
}
