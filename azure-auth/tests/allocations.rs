//! An admitted caller costs no allocation, whatever the handler asks.

#![allow(
    dead_code,
    unreachable_pub,
    unused_imports,
    reason = "the two lower floors are private: they are included whole, of which a part is tested"
)]

#[path = "../src/model/mod.rs"]
mod model;
#[path = "../src/rules/mod.rs"]
mod rules;

use std::collections::BTreeMap;
use std::sync::Arc;

use allocation_counter::measure;
use azure_auth_policy::{Choice, Guid, Policy, Requirement, Via};
use model::callers::groups::{Groups, UnknownGroups};
use model::callers::identity::{Identity, UserId};
use model::callers::principal::{ApplicationIdentity, Evidence, Party, Permissions, Principal};
use model::downstream::tokens_in_hand::TokensInHand;
use model::sessions::session::SessionId;
use model::unix_time::UnixTime;
use rules::policy::admission::judge;

const TENANT: Guid = Guid::from_u128(1);
const STAFF: Guid = Guid::from_u128(2);

const OF_PEOPLE: Requirement<'_> = Requirement {
    openid_scopes: &["email"],
    scopes: &["Files.Read", "Files.List"],
    roles: Some(Choice::Any(&["Owner", "Writer"])),
    groups: Some(Choice::All(&[STAFF])),
    application_roles: None,
    tenants: &[Guid::from_u128(9), TENANT],
    via: None,
    allow: Some(&Policy::Any(&[
        Policy::ApplicationRole("Files.Read.All"),
        Policy::All(&[
            Policy::Scope("Files.List"),
            Policy::Tenant(TENANT),
            Policy::Group(STAFF),
            Policy::Not(&Policy::Role("Guest")),
        ]),
    ])),
    check: None,
};

const OF_APPLICATIONS: Requirement<'_> = Requirement {
    application_roles: Some(Choice::All(&["Files.Read.All", "Files.List.All"])),
    via: Some(Via::Bearer),
    roles: None,
    ..OF_PEOPLE
};

fn main() {
    let made = measure(|| drop(std::hint::black_box(String::from("the counter counts"))));
    assert_eq!(made.count_total, 1);

    let session = Evidence::Session;
    let delegated = || Evidence::Bearer(Permissions("Files.Read Files.List".to_owned()));
    let overage = Principal { groups: Groups::of_token(Err(UnknownGroups::Overage)), ..person(delegated()) };
    let without_groups = Requirement { groups: None, allow: None, ..OF_PEOPLE };
    for (what, requirement, principal) in [
        ("a session", OF_PEOPLE, person(session)),
        ("a person's token", OF_PEOPLE, person(delegated())),
        ("a token with overage", without_groups, overage),
        ("anyone", Requirement::ANYONE, person(delegated())),
        ("an application's token", OF_APPLICATIONS, application()),
    ] {
        let judged = measure(|| assert_eq!(judge(&requirement, &principal), Ok(()), "{what}"));
        assert_eq!(judged.count_total, 0, "{what}: {judged:?}");
        println!("{what}: admitted without an allocation");
    }
}

fn person(evidence: Evidence) -> Principal {
    let identity = Identity {
        roles_are_unknown: false,
        id: UserId::Entra { tenant: TENANT, object: Guid::from_u128(3) },
        display_name: Some("Adele Vance".to_owned()),
        preferred_username: None,
        email: None,
        roles: vec!["Reader".to_owned(), "Writer".to_owned()],
        login_hint: None,
        claims: BTreeMap::new(),
    };
    let groups = Groups::of_token(Ok(vec![Guid::from_u128(8), STAFF]));
    Principal {
        client_id: None,
        party: Party::User(Arc::new(identity)),
        evidence,
        groups,
        ends_at: UnixTime(0),
        known_until: UnixTime(0),
        tokens: TokensInHand::default(),
    }
}

fn application() -> Principal {
    let identity = ApplicationIdentity {
        client_id: "77777777-eeee-4fff-8000-888888888888".to_owned(),
        object: None,
        tenant: TENANT,
        roles: vec!["Files.List.All".to_owned(), "Files.Read.All".to_owned()],
    };
    Principal {
        client_id: None,
        party: Party::Application(Arc::new(identity)),
        evidence: Evidence::Bearer(Permissions::default()),
        groups: Groups::of_token(Err(UnknownGroups::ClaimAbsent)),
        ends_at: UnixTime(0),
        known_until: UnixTime(0),
        tokens: TokensInHand::default(),
    }
}
