//! Who is admitted, first what passes, then what is one part short.

use std::sync::Arc;

use super::*;
use crate::model::principal::{ApplicationIdentity, Permissions};
use crate::model::session::SessionId;
use crate::model::unix_time::UnixTime;
use crate::rules::id_token::tests::{TENANT, entra_identity};

fn tenant() -> Guid {
    TENANT.parse().unwrap()
}

fn group(number: u128) -> Guid {
    Guid::from_u128(number)
}

fn principal(party: Party, evidence: Evidence, groups: Groups) -> Principal {
    Principal { party, evidence, groups, ends_at: UnixTime(0) }
}

fn session() -> Principal {
    let evidence = Evidence::Session { id: SessionId([1, 2]), signed_in_at: UnixTime(0) };
    principal(Party::User(Arc::new(entra_identity())), evidence, Groups::Known(vec![group(1)]))
}

fn delegated(scopes: &str) -> Principal {
    let evidence = Evidence::Bearer(Permissions(scopes.to_owned()));
    principal(Party::User(Arc::new(entra_identity())), evidence, Groups::Known(vec![group(1)]))
}

fn application(roles: &[&str]) -> Principal {
    let identity = ApplicationIdentity {
        client_id: "c".to_owned(),
        object: None,
        tenant: tenant(),
        roles: roles.iter().map(ToString::to_string).collect(),
    };
    principal(
        Party::Application(Arc::new(identity)),
        Evidence::Bearer(Permissions::default()),
        Groups::Known(Vec::new()),
    )
}

const ANYONE: Requirement = Requirement::ANYONE;

#[test]
fn scopes_limit_clients_and_not_sessions() {
    let requirement = Requirement { scopes: &["Files.Read", "Files.List"], ..ANYONE };
    assert_eq!(judge(&requirement, &session()), Ok(()));
    assert_eq!(judge(&requirement, &delegated("Files.List Files.Read")), Ok(()));
    let expected = NotAdmitted::Scope { expected: "Files.List", found: "Files.Read".to_owned() };
    assert_eq!(judge(&requirement, &delegated("Files.Read")), Err(expected));
}

#[test]
fn applications_need_app_roles_and_nothing_that_people_need() {
    let requirement =
        Requirement { scopes: &["Files.Read"], app_roles: Some(Choice::Any(&["Files.Read.All"])), ..ANYONE };
    assert_eq!(judge(&requirement, &application(&["Files.Read.All"])), Ok(()));
    assert!(matches!(judge(&requirement, &application(&["Other"])), Err(NotAdmitted::AppRole { .. })));
    assert_eq!(judge(&ANYONE, &application(&["Files.Read.All"])), Err(NotAdmitted::ApplicationUnwanted));
}
