//! Which handler arguments demand a caller, or prove something about one, asked by expanded code at compile time.

use std::marker::PhantomData;

use azure_auth_policy::Policy;

use super::principal::{Application, Principal};
use crate::model::downstream::need::Need;
use crate::model::policies::declaration::Declaration;
use crate::web::application::user::User;

/// Stands for an argument's type.
pub struct Extractor<T: ?Sized>(PhantomData<T>);

/// The answer for every type without one of its own: an associated constant of the type itself goes first.
pub trait AnyExtractor {
    /// Whether extraction fails without a caller.
    const DEMANDS_CALLER: bool = false;

    /// What the argument proves about the caller.
    const FACT: Policy<'static> = Policy::All(&[]);

    /// What the argument needs of another API.
    const NEED: Need = Need::Nothing;
}

/// Ends compilation with a message at the place of the call.
///
/// # Panics
/// Where something is wrong: at compile time.
#[track_caller]
pub const fn refuse_if(is_wrong: bool, message: &str) {
    assert!(!is_wrong, "{}", message);
}

/// Ends compilation where the policy of a declaration says nothing, or more than was meant.
///
/// # Panics
/// Where something is wrong: at compile time.
#[track_caller]
pub const fn judge(declaration: &Declaration) {
    if let Some(fault) = declaration.fault() {
        refuse_if(true, fault.message());
    }
}

/// The same where a token for another API that a handler takes is not what was meant.
///
/// # Panics
/// Where something is wrong: at compile time.
#[track_caller]
pub const fn judge_token(declaration: &Declaration, need: &Need) {
    if let Some(fault) = declaration.fault_of_token(need) {
        refuse_if(true, fault.message());
    }
}

/// The same of those that a declaration asks for itself, which are the first ones that it needs.
///
/// # Panics
/// Where something is wrong: at compile time.
#[track_caller]
pub const fn judge_tokens(declaration: &Declaration, own: usize) {
    if let Some(fault) = declaration.fault_of_tokens(own) {
        refuse_if(true, fault.message());
    }
}

/// The same of a policy that names other ones.
///
/// # Panics
/// Where something is wrong: at compile time.
#[track_caller]
pub const fn judge_policy(policy: &Policy<'_>) {
    if let Some(fault) = policy.fault() {
        refuse_if(true, fault.message());
    }
}

impl<T: ?Sized> AnyExtractor for Extractor<T> {}

macro_rules! demands_caller {
    ($($extractor:ty),+) => {
        $(impl Extractor<$extractor> {
            /// Whether extraction fails without a caller.
            pub const DEMANDS_CALLER: bool = true;
        })+
    };
}

demands_caller!(User, Application, Principal);
