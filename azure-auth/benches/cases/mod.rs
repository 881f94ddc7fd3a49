//! What is measured: every case is one function to call over and over, beside the floor it is compared with.

pub(crate) mod access_token;
pub(crate) mod by_hand;
mod id_token;
pub(crate) mod session;

use serde::{Deserialize, Serialize};

pub(crate) const TENANT: &str = "33333333-cccc-4ddd-8eee-444444444444";
pub(crate) const CLIENT: &str = "11111111-aaaa-4bbb-8ccc-222222222222";

/// One iteration. It panics where the outcome is not the right one.
pub(crate) type Iteration = Box<dyn Fn()>;

/// Makes a case ready: all that is done once for many requests is done here.
type Preparation = fn(&Material) -> Iteration;

/// All cases by name, each floor before what is compared with it.
pub(crate) const CASES: [(&str, Preparation); 13] = [
    ("verification-alone", id_token::verification_alone),
    ("id-token", id_token::validation),
    ("plain-handler", session::plain_handler),
    ("guarded-handler", session::guarded_handler),
    ("guarded-handler-with-user", session::guarded_handler_with_user),
    ("guarded-handler-at-first-sight", session::guarded_handler_at_first_sight),
    ("handler-by-hand", session::handler_by_hand),
    ("session-by-hand", session::opening_by_hand),
    ("access-token-verification-alone", access_token::verification_alone),
    ("access-token", access_token::validation),
    ("plain-api-handler", access_token::plain_handler),
    ("api-handler-by-hand", access_token::handler_by_hand),
    ("guarded-api-handler", access_token::guarded_handler),
];

/// What random numbers went into. It is made once and handed on, so that the cases do the same work in every process.
#[derive(Serialize, Deserialize)]
pub(crate) struct Material {
    id_token: String,
    access_token: String,
    key_set: serde_json::Value,
}

impl Material {
    pub(crate) fn new() -> Self {
        id_token::sign()
    }
}

/// Makes the case of this name ready and runs it once, which shows that it works.
pub(crate) fn prepare(name: &str, material: &Material) -> Iteration {
    let (_, preparation) = CASES.iter().find(|(case, _)| *case == name).expect("the name of a case");
    let iteration = preparation(material);
    iteration();
    iteration
}
