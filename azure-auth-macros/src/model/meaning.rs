//! What a declaration says in the words of `azure_auth_policy`, for its rules to judge. What an item stands for only the
//! compiler knows: here its path stands for it.

use azure_auth_policy::{Arena, Choice, Guid, Policy, Requirement};

use super::item::Name;
use super::protection::{self, Protection, Quantifier, WrittenPolicy};

/// None: a part is a named policy, of which only the compiler knows what it asks for.
pub(crate) fn policy<'a>(written: &'a WrittenPolicy, arena: &'a Arena<'a>) -> Option<Policy<'a>> {
    let parts = |parts: &'a [WrittenPolicy]| {
        let parts: Option<Vec<Policy<'a>>> = parts.iter().map(|part| policy(part, arena)).collect();
        parts.map(|parts| arena.parts(parts))
    };
    Some(match written {
        WrittenPolicy::User => Policy::User,
        WrittenPolicy::Role(name) => Policy::Role(text(name)),
        WrittenPolicy::Scope(name) => Policy::Scope(text(name)),
        WrittenPolicy::Group(name) => Policy::Group(id(name)),
        WrittenPolicy::ApplicationRole(name) => Policy::ApplicationRole(text(name)),
        WrittenPolicy::Tenant(id) => Policy::Tenant(*id),
        WrittenPolicy::Not(inner) => Policy::Not(arena.policy(policy(inner, arena)?)),
        WrittenPolicy::All(list) => Policy::All(parts(list)?),
        WrittenPolicy::Any(list) => Policy::Any(parts(list)?),
        WrittenPolicy::Named(_) => return None,
    })
}

/// The keys beside `allow` that say who of those who sign in may call.
pub(crate) fn other_keys<'a>(protection: &'a Protection, arena: &'a Arena<'a>) -> Requirement<'a> {
    let Protection { scopes, roles, groups, tenants, via, .. } = protection;
    let texts = |names: &'a [Name<String>]| arena.texts(names.iter().map(text).collect());
    let ids = |names: &'a [Name<Guid>]| arena.ids(names.iter().map(id).collect());
    Requirement {
        scopes: texts(scopes),
        roles: roles.as_ref().map(|roles| choice(roles, texts(&roles.values))),
        groups: groups.as_ref().map(|groups| choice(groups, ids(&groups.values))),
        tenants,
        via: *via,
        ..Requirement::ANYONE
    }
}

fn choice<'a, N, T>(written: &protection::Choice<N>, values: &'a [T]) -> Choice<'a, T> {
    match written.quantifier {
        Quantifier::Any => Choice::Any(values),
        Quantifier::All => Choice::All(values),
    }
}

fn text(name: &Name<String>) -> &str {
    match name {
        Name::Literal(value) => value,
        Name::Item(item) => item.stand_in(),
    }
}

/// For an item, a number made from its path (FNV-1a), which no directory uses.
fn id(name: &Name<Guid>) -> Guid {
    match name {
        Name::Literal(id) => *id,
        Name::Item(item) => {
            let number = item.stand_in().bytes().fold(0x6c62_272e_07bb_0142_62b8_2175_6295_c58d_u128, |hash, byte| {
                (hash ^ u128::from(byte)).wrapping_mul(0x0000_0000_0100_0000_0000_0000_0000_013b)
            });
            Guid::from_u128(number)
        }
    }
}
