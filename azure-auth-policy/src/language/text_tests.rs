use super::*;
use crate::language::policy::Policy;
use crate::values::guid::Guid;

const ANYONE: Requirement<'_> = Requirement::ANYONE;
const STAFF: Guid = Guid::from_u128(1);
const POLICY: Policy<'_> = Policy::Any(&[
    Policy::Role("Admin"),
    Policy::All(&[Policy::User, Policy::Not(&Policy::Role("Guest"))]),
    Policy::All(&[
        Policy::ApplicationRole("Jobs"),
        Policy::Scope("Files.Read"),
        Policy::Not(&Policy::Any(&[Policy::Group(STAFF), Policy::Tenant(STAFF)])),
    ]),
]);
const NAMED: Policy<'_> = Policy::All(&[
    Policy::Named("Editor", &Policy::Any(&[Policy::Role("Writer"), Policy::Role("Admin")])),
    Policy::Not(&Policy::Named("Blocked", &Policy::Role("Blocked"))),
]);

#[test]
fn a_declaration_is_written_as_in_its_attribute_and_read_back() {
    let staff = "00000000-0000-0000-0000-000000000001";
    let one = |requirement| RowAccess::Protected(vec![requirement]);
    let group = format!("protect(groups = {staff:?}, tenants = {staff:?})");
    let policy = format!(
        "protect(allow = (role(\"Admin\") || (user() && !role(\"Guest\")) || (application_role(\"Jobs\") && \
         scope(\"Files.Read\") && !(group({staff:?}) || tenant({staff:?})))), check = office::hours::<(u8, T)>)"
    );
    for (access, text) in [
        (one(ANYONE), "protect"),
        (one(Requirement { scopes: &["B", "A", "B"], ..ANYONE }), "protect(scopes = \"A B\")"),
        (
            one(Requirement {
                via: Some(Via::Bearer),
                roles: Some(Choice::All(&["Writer", "Admin"])),
                application_roles: Some(Choice::Any(&["b", "a"])),
                ..ANYONE
            }),
            "protect(via = bearer, roles = all(\"Admin\", \"Writer\"), application_roles = any(\"a\", \"b\"))",
        ),
        (
            one(Requirement { via: Some(Via::Session), roles: Some(Choice::All(&["Admin"])), ..ANYONE }),
            "protect(via = session, roles = \"Admin\")",
        ),
        (one(Requirement { groups: Some(Choice::Any(&[STAFF])), tenants: &[STAFF], ..ANYONE }), &group),
        (one(Requirement { allow: Some(&POLICY), check: Some("office::hours::<(u8, T)>"), ..ANYONE }), &policy),
        (
            one(Requirement { allow: Some(&NAMED), ..ANYONE }),
            "protect(allow = (Editor(role(\"Writer\") || role(\"Admin\")) && !Blocked(role(\"Blocked\"))))",
        ),
        (
            RowAccess::Protected(vec![
                Requirement { check: Some("hours::<(u8, T)>"), ..ANYONE },
                ANYONE,
                Requirement { roles: Some(Choice::All(&["Admin"])), check: Some("days"), ..ANYONE },
            ]),
            "protect(check = hours::<(u8, T)>) and protect and protect(roles = \"Admin\", check = days)",
        ),
        (RowAccess::Public { reason: None }, "public"),
        (RowAccess::Public { reason: Some("so \"they\" said\n") }, r#"public(reason = "so \"they\" said\n")"#),
    ] {
        assert_eq!(access.to_string(), text);
        let arena = Arena::default();
        let read = RowAccess::read(text, &arena).unwrap_or_else(|error| panic!("{text}: {error}"));
        if let RowAccess::Protected(_) = access {
            assert_eq!(read.to_string(), text);
        }
    }
}

#[test]
fn what_is_read_is_what_was_declared() {
    let text = RowAccess::Protected(vec![Requirement { allow: Some(&NAMED), ..ANYONE }]).to_string();
    let arena = Arena::default();
    assert_eq!(RowAccess::read(&text, &arena).unwrap().requirements()[0].allow, Some(&NAMED));
}

#[test]
fn what_is_no_declaration_is_not_read() {
    let deep = format!("protect(allow = {}user()", "(".repeat(100_000));
    let long = format!("protect({}via = session)", "roles = \"A\", ".repeat(100_000));
    let many = format!("protect(allow = {}user())", "user() || ".repeat(64));
    for text in [
        "",
        "private",
        "protect(",
        "protect()",
        "protect(roles = Admin)",
        "protect(roles = any(\"A\" \"B\"))",
        "protect(groups = \"Staff\")",
        "protect(via = cookie)",
        "protect(via = session) and more",
        "protect and",
        "protect and public",
        "protect protect",
        "public and protect",
        "protect(check = hours",
        "protect(allow = group(\"x\"))",
        "protect(allow = admin(\"x\"))",
        "protect(allow = Editor)",
        "protect(allow = Editor())",
        "protect(allow = editor(role(\"x\")))",
        "protect(reason = \"x\")",
        "public(reason = \"x",
        "<<<<<<< HEAD",
        &deep,
        &long,
        &many,
    ] {
        assert!(RowAccess::read(text, &Arena::default()).is_err(), "{text:.100}");
    }
}
