//! Decisions: plain functions from values to values. They never fetch, sleep, log, or read a clock.

pub(crate) mod access_token;
pub(crate) mod admission;
pub(crate) mod authorization_lock;
pub(crate) mod authorization_request;
pub(crate) mod authorization_response;
pub(crate) mod callers;
pub(crate) mod challenge;
pub(crate) mod configuration;
pub(crate) mod cookies;
pub(crate) mod cross_origin;
pub(crate) mod declaration_text;
pub(crate) mod embedding;
pub(crate) mod entra_error;
pub(crate) mod frame_ancestor;
pub(crate) mod id_token;
pub(crate) mod key_refresh;
pub(crate) mod login_request;
pub(crate) mod mounting;
pub(crate) mod navigation;
pub(crate) mod negotiation;
#[cfg(feature = "openapi")]
pub(crate) mod openapi_document;
pub(crate) mod provider_metadata;
pub(crate) mod proxy_mark;
pub(crate) mod public_urls;
pub(crate) mod relying_party;
pub(crate) mod report;
pub(crate) mod requirement_words;
pub(crate) mod return_to;
pub(crate) mod revocation;
pub(crate) mod rewritten_answer;
pub(crate) mod same_origin;
pub(crate) mod seal;
pub(crate) mod session_lifetime;
pub(crate) mod session_record;
pub(crate) mod shown_address;
pub(crate) mod sign_in_state;
pub(crate) mod signature;
pub(crate) mod ticket;
pub(crate) mod token_claims;
pub(crate) mod undeclared;
pub(crate) mod user_info;
pub(crate) mod widening;

#[cfg(test)]
mod corpus_tests;
