//! Tokens for other APIs: what is asked for, what an answer is worth, when it is renewed, and what a refusal means.

pub(crate) mod challenges;
pub(crate) mod claims_challenge;
pub(crate) mod grant;
pub(crate) mod graph;
pub(crate) mod member_groups;
pub(crate) mod refusal;
pub(crate) mod renewal;
pub(crate) mod scopes;
pub(crate) mod token_answer;
pub(crate) mod token_endpoint;
pub(crate) mod visits;
pub(crate) mod wanted_token;
