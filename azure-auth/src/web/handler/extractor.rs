//! Which handler arguments demand a caller, or prove something about one, asked by expanded code at compile time.

use std::marker::PhantomData;

use super::principal::{Application, Principal};
use crate::model::policies::proof::Fact;
use crate::web::application::user::User;

/// Stands for an argument's type.
pub struct Extractor<T: ?Sized>(PhantomData<T>);

/// The answer for every type without one of its own: an associated constant of the type itself goes first.
pub trait AnyExtractor {
    /// Whether extraction fails without a caller.
    const DEMANDS_CALLER: bool = false;

    /// What the argument proves about the caller.
    const FACT: Fact = Fact::All(&[]);
}

/// Ends compilation with a message at the place of the call.
///
/// # Panics
/// Where something is wrong: at compile time.
#[track_caller]
pub const fn refuse_if(is_wrong: bool, message: &str) {
    assert!(!is_wrong, "{}", message);
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
