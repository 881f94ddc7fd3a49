//! What is measured: every case is one function to call over and over, beside the floor it is compared with.

pub(crate) mod access_token;
pub(crate) mod by_hand;
mod id_token;
mod metered;
#[path = "../../tests/support/redis_server.rs"]
mod redis_server;
pub(crate) mod session;
mod stored_session;
mod tokens;

use serde::{Deserialize, Serialize};

pub(crate) const TENANT: &str = "33333333-cccc-4ddd-8eee-444444444444";
pub(crate) const CLIENT: &str = "11111111-aaaa-4bbb-8ccc-222222222222";

/// One iteration. It panics where the outcome is not the right one.
pub(crate) type Iteration = Box<dyn Fn()>;

/// Makes a case ready: all that is done once for many requests is done here. None where a program that it needs is not
/// installed, or a feature not on.
type Preparation = fn(&Material) -> Option<Iteration>;

/// All cases by name, each floor before what is compared with it.
pub(crate) const CASES: [(&str, Preparation); 23] = [
    ("verification-alone", |material| Some(id_token::verification_alone(material))),
    ("id-token", |material| Some(id_token::validation(material))),
    ("plain-handler", |material| Some(session::plain_handler(material))),
    ("guarded-handler", |material| Some(session::guarded_handler(material))),
    ("guarded-handler-with-user", |material| Some(session::guarded_handler_with_user(material))),
    ("guarded-handler-at-first-sight", |material| Some(session::guarded_handler_at_first_sight(material))),
    ("handler-by-hand", |material| Some(session::handler_by_hand(material))),
    ("session-in-memory", |material| Some(stored_session::in_memory(material))),
    ("session-in-redis", stored_session::in_redis),
    ("fetched-by-hand", stored_session::fetched_by_hand),
    ("fetched-from-redis", stored_session::fetched_from_redis),
    ("session-by-hand", |material| Some(session::opening_by_hand(material))),
    ("access-token-verification-alone", |material| Some(access_token::verification_alone(material))),
    ("access-token", |material| Some(access_token::validation(material))),
    ("plain-api-handler", |material| Some(access_token::plain_handler(material))),
    ("api-handler-by-hand", |material| Some(access_token::handler_by_hand(material))),
    ("guarded-api-handler", |material| Some(access_token::guarded_handler(material))),
    ("metered-handler-with-user", |material| metered::metered(|| session::guarded_handler_with_user(material))),
    ("metered-api-handler", |material| metered::metered(|| access_token::guarded_handler(material))),
    ("session-without-token", |material| Some(tokens::session_without_token(material))),
    ("session-with-token", |material| Some(tokens::session_with_token(material))),
    ("caller-without-token", |material| Some(tokens::caller_without_token(material))),
    ("caller-with-token", |material| Some(tokens::caller_with_token(material))),
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
pub(crate) fn prepare(name: &str, material: &Material) -> Option<Iteration> {
    let (_, preparation) = CASES.iter().find(|(case, _)| *case == name).expect("the name of a case");
    let iteration = preparation(material)?;
    iteration();
    Some(iteration)
}
