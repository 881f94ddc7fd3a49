//! What a proof says about its caller, and whether a requirement implies it: constant data, judged while compiling.

use super::requirement::{Choice, Policy, Requirement, Via};
use super::vocabulary::{AppRole, Group, Item, Scope};
use crate::model::guid::Guid;

/// What is true of a caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fact {
    /// The caller, person or application, has this app role.
    AppRole(&'static str),
    /// The client has this delegated permission; a session has all of them.
    Scope(&'static str),
    /// The person belongs to this group.
    Group(Guid),
    /// Each of them.
    All(&'static [Fact]),
}

/// What [`Has`](crate::Has) can prove: an item of a vocabulary, or several in parentheses.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not something that `Has` can prove",
    label = "expected a name that `azure_auth::app!` declares",
    note = "write `Has<Admin>`, or `Has<(Admin, FilesRead)>`"
)]
pub trait Provable {
    /// As constant data.
    const FACT: Fact;
}

/// The kinds of items, with what each says about a caller.
pub trait ProvableKind {
    /// As constant data.
    const FACT: Fact;
}

impl<I: Item<Value = &'static str>> ProvableKind for AppRole<I> {
    const FACT: Fact = Fact::AppRole(I::VALUE);
}

impl<I: Item<Value = &'static str>> ProvableKind for Scope<I> {
    const FACT: Fact = Fact::Scope(I::VALUE);
}

impl<I: Item<Value = Guid>> ProvableKind for Group<I> {
    const FACT: Fact = Fact::Group(I::VALUE);
}

#[diagnostic::do_not_recommend]
impl<I: Item> Provable for I
where
    I::Kind: ProvableKind,
{
    const FACT: Fact = I::Kind::FACT;
}

macro_rules! provable {
    ($($item:ident),+) => {
        #[diagnostic::do_not_recommend]
        impl<$($item: Provable),+> Provable for ($($item,)+) {
            const FACT: Fact = Fact::All(const { &[$($item::FACT),+] });
        }
    };
}

provable!(A, B);
provable!(A, B, C);
provable!(A, B, C, D);

/// Those who may be admitted, as far as it decides which facts can be true of them.
#[derive(Clone, Copy)]
enum Caller {
    Session,
    Client,
    Application,
}

impl Requirement {
    /// Whether `fact` is true of whoever is admitted. Where that takes more than a look at the parts, the answer is no.
    pub(crate) const fn implies(&self, fact: &Fact) -> bool {
        if let Fact::All(facts) = fact {
            let mut place = 0;
            while place < facts.len() {
                if !self.implies(&facts[place]) {
                    return false;
                }
                place += 1;
            }
            return true;
        }
        let has_sessions = !matches!(self.via, Some(Via::Bearer));
        let has_clients = !matches!(self.via, Some(Via::Session));
        let has_people = self.admits_people();
        (!has_people || !has_sessions || self.implies_of(Caller::Session, fact))
            && (!has_people || !has_clients || self.implies_of(Caller::Client, fact))
            && (!has_clients || !self.admits_applications() || self.implies_of(Caller::Application, fact))
    }

    const fn implies_of(&self, caller: Caller, fact: &Fact) -> bool {
        let by_keys = match (fact, caller) {
            (Fact::AppRole(role), Caller::Session | Caller::Client) => names(self.roles.as_ref(), role),
            (Fact::AppRole(role), Caller::Application) => names(self.application_roles.as_ref(), role),
            (Fact::Scope(_), Caller::Session) => true,
            (Fact::Scope(scope), Caller::Client) => contains(self.scopes, scope),
            (Fact::Group(group), Caller::Session | Caller::Client) => names_group(self.groups.as_ref(), *group),
            (Fact::Scope(_) | Fact::Group(_), Caller::Application) | (Fact::All(_), _) => false,
        };
        by_keys
            || match self.allow {
                Some(policy) => policy.implies(caller, fact),
                None => false,
            }
    }
}

impl Policy {
    /// Whether `fact` is true of every caller of a kind that meets the policy.
    const fn implies(&self, caller: Caller, fact: &Fact) -> bool {
        match (self, caller, fact) {
            // What a caller of this kind cannot meet admits none of them.
            (Self::User | Self::Role(_) | Self::Scope(_) | Self::Group(_), Caller::Application, _)
            | (Self::ApplicationRole(_), Caller::Session | Caller::Client, _) => true,
            (Self::Role(name) | Self::ApplicationRole(name), _, Fact::AppRole(role)) => is_same(name, role),
            (Self::Scope(name), _, Fact::Scope(scope)) => is_same(name, scope),
            (Self::Group(id), _, Fact::Group(group)) => is_same_id(*id, *group),
            (Self::All(parts), _, _) => {
                let mut place = 0;
                while place < parts.len() {
                    if parts[place].implies(caller, fact) {
                        return true;
                    }
                    place += 1;
                }
                false
            }
            (Self::Any(parts), _, _) => {
                let mut place = 0;
                while place < parts.len() {
                    if !parts[place].implies(caller, fact) {
                        return false;
                    }
                    place += 1;
                }
                true
            }
            _ => false,
        }
    }
}

/// `all` with it among others, or `any` with nothing else.
const fn names(choice: Option<&Choice<&'static str>>, role: &str) -> bool {
    match choice {
        Some(Choice::All(roles)) => contains(roles, role),
        Some(Choice::Any([only])) => is_same(only, role),
        _ => false,
    }
}

const fn names_group(choice: Option<&Choice<Guid>>, group: Guid) -> bool {
    match choice {
        Some(Choice::All(groups)) => {
            let mut place = 0;
            while place < groups.len() {
                if is_same_id(groups[place], group) {
                    return true;
                }
                place += 1;
            }
            false
        }
        Some(Choice::Any([only])) => is_same_id(*only, group),
        _ => false,
    }
}

const fn contains(names: &[&str], name: &str) -> bool {
    let mut place = 0;
    while place < names.len() {
        if is_same(names[place], name) {
            return true;
        }
        place += 1;
    }
    false
}

/// `==`, which constant evaluation has not.
const fn is_same(one: &str, other: &str) -> bool {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    let mut place = 0;
    while place < one.len() && place < other.len() && one[place] == other[place] {
        place += 1;
    }
    one.len() == other.len() && place == one.len()
}

const fn is_same_id(one: Guid, other: Guid) -> bool {
    one.to_u128() == other.to_u128()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANYONE: Requirement = Requirement::ANYONE;
    const ADMIN: Fact = Fact::AppRole("Admin");
    const READ: Fact = Fact::Scope("Files.Read");
    const STAFF_ID: Guid = Guid::from_u128(1);
    const GUESTS_ID: Guid = Guid::from_u128(2);
    const STAFF: Fact = Fact::Group(STAFF_ID);
    const ROLE: Policy = Policy::Role("Admin");
    const EITHER: Policy = Policy::Any(&[ROLE, Policy::ApplicationRole("Admin")]);
    const OTHER: Policy = Policy::Any(&[ROLE, Policy::ApplicationRole("Jobs.Run")]);

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
        assert!(requirement.implies(&Fact::All(&[ADMIN, READ])));
        assert!(!requirement.implies(&Fact::All(&[ADMIN, READ, STAFF])));
    }
}
