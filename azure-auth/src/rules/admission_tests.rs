//! Who is admitted: each part of a requirement, first what passes, then what is one part short; and all parts together
//! against an evaluator that is too simple to be wrong.

use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::model::identity::{Identity, UserId};
use crate::model::principal::{ApplicationIdentity, Permissions};
use crate::model::unix_time::UnixTime;
use crate::rules::id_token::tests::{TENANT, entra_identity};

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
    Principal { party, evidence, groups, ends_at: UnixTime(0) }
}

/// A person with the role `Admin`, in the group `STAFF`.
fn person(evidence: Evidence) -> Principal {
    principal(Party::User(Arc::new(entra_identity())), evidence, Groups::Known(vec![STAFF]))
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
    principal(Party::Application(Arc::new(identity)), evidence, Groups::Known(Vec::new()))
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

#[test]
fn whoever_asks_nothing_admits_every_person_and_no_application() {
    for principal in [session(), delegated("Files.Read"), with_groups(Groups::Unknown), without_tenant()] {
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
    admits(&Requirement { app_roles: Some(Choice::Any(&["x"])), ..by_bearer }, &application(&["x"]));
}

#[test]
fn tenants_admit_those_they_list() {
    let own: &'static [Guid] = Box::leak(Box::new([OTHER_TENANT, tenant()]));
    let listed = Requirement { tenants: own, app_roles: Some(Choice::Any(&["x"])), ..ANYONE };
    let other = Requirement { tenants: &[OTHER_TENANT], app_roles: Some(Choice::Any(&["x"])), ..ANYONE };
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
    // A role of the same name is no scope.
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
    // A scope of the same name is no role.
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
        let principal = with_groups(Groups::Known(groups.to_vec()));
        if is_admitted {
            admits(&requirement, &principal);
        } else {
            refuses(&requirement, &principal, &NotAdmitted::Group { expected }, Reason::GroupMissing);
        }
        let refusal = NotAdmitted::GroupsUnknown { expected: expected.to_string() };
        refuses(&requirement, &with_groups(Groups::Unknown), &refusal, Reason::GroupsUnknown);
    }
}

#[test]
fn applications_need_app_roles_and_nothing_that_people_need() {
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
        let requirement = Requirement { app_roles: Some(expected), ..of_people };
        if is_admitted {
            admits(&requirement, &application(roles));
        } else {
            let refusal = NotAdmitted::AppRole { expected, found: texts(roles) };
            refuses(&requirement, &application(roles), &refusal, Reason::AppRoleMissing);
        }
        // And people need no app roles.
        admits(&Requirement { app_roles: Some(expected), ..ANYONE }, &delegated("x"));
        admits(&Requirement { app_roles: Some(expected), ..ANYONE }, &session());
    }
    let robot = application(&["Files.Read.All", "Admin"]);
    refuses(&of_people, &robot, &NotAdmitted::ApplicationUnwanted, Reason::ApplicationNotAdmitted);
}

const ADMIN: Policy = Policy::Role("Admin");
const WRITER: Policy = Policy::Role("Writer");
const IN_STAFF: Policy = Policy::Group(STAFF);

/// `allow` alone, and what becomes of it for somebody whose groups are known and somebody whose groups are not.
#[test]
fn unknown_groups_spread_unless_the_other_side_decides_alone() {
    const YES: Option<bool> = Some(true);
    const NO: Option<bool> = Some(false);
    const UNKNOWN: Option<bool> = None;
    for (policy, known, unknown) in [
        (&IN_STAFF, YES, UNKNOWN),
        (&Policy::Not(&IN_STAFF), NO, UNKNOWN),
        (&Policy::Not(&Policy::Not(&IN_STAFF)), YES, UNKNOWN),
        (&Policy::Not(&Policy::Group(GUESTS)), YES, UNKNOWN),
        (&Policy::Any(&[ADMIN, IN_STAFF]), YES, YES),
        (&Policy::Any(&[IN_STAFF, ADMIN]), YES, YES),
        (&Policy::Any(&[WRITER, IN_STAFF]), YES, UNKNOWN),
        (&Policy::Any(&[WRITER, Policy::Not(&IN_STAFF)]), NO, UNKNOWN),
        (&Policy::All(&[ADMIN, IN_STAFF]), YES, UNKNOWN),
        (&Policy::All(&[WRITER, IN_STAFF]), NO, NO),
        (&Policy::All(&[IN_STAFF, WRITER]), NO, NO),
        (&Policy::Any(&[Policy::All(&[WRITER, IN_STAFF]), ADMIN]), YES, YES),
        (&Policy::Any(&[Policy::All(&[WRITER, IN_STAFF]), WRITER]), NO, NO),
        (&Policy::All(&[ADMIN, Policy::Not(&Policy::Group(GUESTS))]), YES, UNKNOWN),
        (&Policy::Not(&Policy::All(&[WRITER, IN_STAFF])), YES, YES),
        (&Policy::Not(&Policy::Any(&[ADMIN, IN_STAFF])), NO, NO),
        // Whatever the groups are, one side holds; that nobody knows which is still not known.
        (&Policy::Any(&[IN_STAFF, Policy::Not(&IN_STAFF)]), YES, UNKNOWN),
    ] {
        let requirement = Requirement { allow: Some(policy), ..ANYONE };
        for (principal, expected) in
            [(with_groups(Groups::Known(vec![STAFF])), known), (with_groups(Groups::Unknown), unknown)]
        {
            assert_eq!(holds(policy, &principal), expected, "{policy}");
            match expected {
                YES => admits(&requirement, &principal),
                NO => refuses(&requirement, &principal, &NotAdmitted::Policy { policy }, Reason::PolicyNotMet),
                UNKNOWN => {
                    let refusal = NotAdmitted::GroupsUnknown { expected: policy.to_string() };
                    refuses(&requirement, &principal, &refusal, Reason::GroupsUnknown);
                }
            }
        }
    }
}

#[test]
fn each_fact_is_about_its_own_kind_of_caller() {
    let own_tenant = Policy::Tenant(tenant());
    let robot = application(&["Admin"]);
    for (policy, by_session, by_token, by_robot) in [
        (ADMIN, true, true, false),
        (Policy::AppRole("Admin"), false, false, true),
        (Policy::Scope("Files.Read"), true, true, false),
        (Policy::Scope("Files.Write"), true, false, false),
        (own_tenant, true, true, true),
        (Policy::Tenant(group(7)), false, false, false),
        (IN_STAFF, true, true, false),
    ] {
        for (principal, expected) in
            [(session(), by_session), (delegated("Files.Read"), by_token), (application(&["Admin"]), by_robot)]
        {
            assert_eq!(holds(&policy, &principal), Some(expected), "{policy} {principal:?}");
        }
    }
    // No person, no groups: that is known even where the token's are not.
    assert_eq!(holds(&IN_STAFF, &Principal { groups: Groups::Unknown, ..robot }), Some(false));
    assert_eq!(holds(&own_tenant, &without_tenant()), Some(false));
}

#[test]
fn applications_come_in_by_a_policy_only_if_it_names_an_app_role() {
    let named: &'static Policy = &Policy::Any(&[ADMIN, Policy::All(&[Policy::Not(&WRITER), Policy::AppRole("Robot")])]);
    let requirement = Requirement { allow: Some(named), ..ANYONE };
    admits(&requirement, &application(&["Robot"]));
    refuses(&requirement, &application(&["Admin"]), &NotAdmitted::Policy { policy: named }, Reason::PolicyNotMet);
    // A policy that would hold for an application speaks of people only.
    let of_people = Requirement { allow: Some(&Policy::Not(&WRITER)), ..ANYONE };
    admits(&of_people, &session());
    refuses(&of_people, &application(&["Robot"]), &NotAdmitted::ApplicationUnwanted, Reason::ApplicationNotAdmitted);
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
    assert_eq!(refused(&with_groups(Groups::Known(vec![GUESTS]))), Reason::PolicyNotMet);
    assert_eq!(refused(&with_groups(Groups::Unknown)), Reason::GroupsUnknown);
}

#[test]
fn the_first_part_that_is_short_is_named() {
    let all = Requirement {
        via: Some(Via::Bearer),
        tenants: &[OTHER_TENANT],
        scopes: &["Files.Read"],
        roles: Some(Choice::Any(&["Writer"])),
        groups: Some(Choice::Any(&[GUESTS])),
        app_roles: Some(Choice::Any(&["Robot"])),
        allow: Some(&Policy::Scope("Files.Write")),
        ..ANYONE
    };
    let refused =
        |requirement: &Requirement, principal: &Principal| judge(requirement, principal).unwrap_err().reason();
    assert_eq!(refused(&all, &session()), Reason::BearerRequired);
    assert_eq!(refused(&all, &delegated("x")), Reason::TenantNotAdmitted);
    let all = Requirement { tenants: &[], ..all };
    assert_eq!(refused(&all, &application(&["x"])), Reason::AppRoleMissing);
    assert_eq!(refused(&all, &application(&["Robot"])), Reason::PolicyNotMet);
    assert_eq!(refused(&all, &delegated("x")), Reason::ScopeMissing);
    assert_eq!(refused(&all, &delegated("Files.Read")), Reason::RoleMissing);
    let writer = |groups| Principal { groups, ..with_roles(delegated("Files.Read"), &["Writer"]) };
    assert_eq!(refused(&all, &writer(Groups::Unknown)), Reason::GroupsUnknown);
    assert_eq!(refused(&all, &writer(Groups::Known(vec![STAFF]))), Reason::GroupMissing);
    assert_eq!(refused(&all, &writer(Groups::Known(vec![GUESTS]))), Reason::PolicyNotMet);
}

// All parts together, against the same thing said in the plainest way.

/// 0 is no, 1 is unknown, 2 is yes: *and* is the least, *or* the greatest, *not* the distance from yes.
fn worth(policy: &Policy, principal: &Principal) -> u8 {
    let yes_if = |holds: bool| if holds { 2 } else { 0 };
    let has_role = |role: &str| principal.roles().contains(&role.to_owned());
    let is_person = matches!(principal.party, Party::User(_));
    match policy {
        Policy::Role(role) => yes_if(is_person && has_role(role)),
        Policy::AppRole(role) => yes_if(!is_person && has_role(role)),
        Policy::Scope(scope) => yes_if(has_scope(principal, scope)),
        Policy::Tenant(tenant) => yes_if(principal.tenant() == Some(*tenant)),
        Policy::Group(group) => match &principal.groups {
            Groups::Unknown if is_person => 1,
            Groups::Known(groups) => yes_if(is_person && groups.contains(group)),
            Groups::Unknown => 0,
        },
        Policy::Not(inner) => 2 - worth(inner, principal),
        Policy::All(parts) => parts.iter().map(|part| worth(part, principal)).min().unwrap_or(2),
        Policy::Any(parts) => parts.iter().map(|part| worth(part, principal)).max().unwrap_or(0),
    }
}

fn has_scope(principal: &Principal, scope: &str) -> bool {
    match &principal.evidence {
        Evidence::Session => true,
        Evidence::Bearer(permissions) => permissions.0.split(' ').collect::<Vec<_>>().contains(&scope),
    }
}

fn speaks_of_applications(policy: &Policy) -> bool {
    format!("{policy}").contains("app_role(")
}

/// Every part by itself, all of them asked.
fn is_admitted(requirement: &Requirement, principal: &Principal) -> bool {
    let meets = |choice: Option<Choice<&'static str>>| match choice {
        None => true,
        Some(Choice::Any(names)) => principal.roles().iter().any(|role| names.contains(&role.as_str())),
        Some(Choice::All(names)) => names.iter().all(|name| principal.roles().contains(&(*name).to_owned())),
    };
    let belongs = match (requirement.groups, &principal.groups) {
        (None, _) => true,
        (Some(_), Groups::Unknown) => false,
        (Some(Choice::Any(ids)), Groups::Known(groups)) => groups.iter().any(|group| ids.contains(group)),
        (Some(Choice::All(ids)), Groups::Known(groups)) => ids.iter().all(|id| groups.contains(id)),
    };
    let is_session = matches!(principal.evidence, Evidence::Session);
    let comes_the_right_way = match requirement.via {
        None => true,
        Some(Via::Session) => is_session,
        Some(Via::Bearer) => !is_session,
    };
    let is_of_a_tenant = requirement.tenants.is_empty()
        || principal.tenant().is_some_and(|tenant| requirement.tenants.contains(&tenant));
    let meets_its_own = match principal.party {
        Party::User(_) => {
            requirement.scopes.iter().all(|scope| has_scope(principal, scope)) && meets(requirement.roles) && belongs
        }
        Party::Application(_) => {
            let is_wanted = requirement.app_roles.is_some() || requirement.allow.is_some_and(speaks_of_applications);
            is_wanted && meets(requirement.app_roles)
        }
    };
    let meets_the_policy = requirement.allow.is_none_or(|policy| worth(policy, principal) == 2);
    comes_the_right_way && is_of_a_tenant && meets_its_own && meets_the_policy
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

fn any_policy() -> impl Strategy<Value = &'static Policy> {
    let fact = prop_oneof![
        name().prop_map(Policy::Role),
        name().prop_map(Policy::Scope),
        name().prop_map(Policy::AppRole),
        any_group().prop_map(Policy::Group),
        any_tenant().prop_map(Policy::Tenant),
    ];
    let policy = fact.prop_recursive(5, 40, 4, |inner| {
        let parts = || prop::collection::vec(inner.clone(), 0..4).prop_map(leaked);
        prop_oneof![
            inner.clone().prop_map(|inner| Policy::Not(Box::leak(Box::new(inner)))),
            parts().prop_map(Policy::All),
            parts().prop_map(Policy::Any),
        ]
    });
    policy.prop_map(|policy| &*Box::leak(Box::new(policy)))
}

fn any_fact() -> impl Strategy<Value = &'static Fact> {
    let fact =
        prop_oneof![name().prop_map(Fact::AppRole), name().prop_map(Fact::Scope), any_group().prop_map(Fact::Group),];
    let facts = prop_oneof![
        4 => fact.clone(),
        1 => prop::collection::vec(fact, 2..4).prop_map(|facts| Fact::All(leaked(facts))),
    ];
    facts.prop_map(|fact| &*Box::leak(Box::new(fact)))
}

fn any_choice<T: Clone + std::fmt::Debug + 'static>(
    value: impl Strategy<Value = T>,
) -> impl Strategy<Value = Choice<T>> {
    let values = prop::collection::vec(value, 1..4).prop_map(leaked);
    (any::<bool>(), values).prop_map(|(is_any, values)| if is_any { Choice::Any(values) } else { Choice::All(values) })
}

prop_compose! {
    fn any_requirement()(
        scopes in prop::collection::vec(name(), 0..3).prop_map(leaked),
        roles in prop::option::of(any_choice(name())),
        groups in prop::option::of(any_choice(any_group())),
        app_roles in prop::option::of(any_choice(name())),
        tenants in prop_oneof![2 => Just(Vec::new()), 1 => prop::collection::vec(any_tenant(), 1..3)].prop_map(leaked),
        via in prop_oneof![4 => Just(None), 1 => Just(Some(Via::Session)), 1 => Just(Some(Via::Bearer))],
        allow in prop::option::of(any_policy()),
    ) -> Requirement {
        Requirement { openid_scopes: &[], scopes, roles, groups, app_roles, tenants, via, allow, check: None }
    }
}

prop_compose! {
    fn any_principal()(
        kind in 0..4,
        roles in prop::collection::vec(name(), 0..4),
        scopes in prop::collection::vec(name(), 1..4),
        groups in prop::option::weighted(0.7, prop::collection::vec(any_group(), 0..3)),
    ) -> Principal {
        let principal = match kind {
            0 => application(&roles),
            1 => with_roles(session(), &roles),
            2 => with_roles(without_tenant(), &roles),
            _ => with_roles(delegated(&scopes.join(" ")), &roles),
        };
        Principal { groups: groups.map_or(Groups::Unknown, Groups::Known), ..principal }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4096, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_policy_is_worth_what_its_parts_are(policy in any_policy(), principal in any_principal()) {
        let expected = match worth(policy, &principal) { 0 => Some(false), 1 => None, _ => Some(true) };
        prop_assert_eq!(holds(policy, &principal), expected);
    }

    /// What is decided without the groups is decided the same, whatever the groups are.
    #[test]
    fn what_is_known_without_the_groups_holds_with_any(
        policy in any_policy(),
        principal in any_principal(),
        groups in prop::collection::vec(any_group(), 0..4),
    ) {
        let unknown = Principal { groups: Groups::Unknown, ..principal };
        let decided = holds(policy, &unknown);
        let known = Principal { groups: Groups::Known(groups), ..unknown };
        let with_groups = holds(policy, &known);
        prop_assert!(with_groups.is_some());
        prop_assert!(decided.is_none() || decided == with_groups);
    }

    #[test]
    fn a_caller_is_admitted_if_every_part_holds_by_itself(
        requirement in any_requirement(),
        principal in any_principal(),
    ) {
        prop_assert_eq!(judge(&requirement, &principal).is_ok(), is_admitted(&requirement, &principal));
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
}
