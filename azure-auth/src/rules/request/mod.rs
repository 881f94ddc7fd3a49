//! What a request says about where it comes from, and what may be answered to it.

pub(crate) mod challenge;
pub(crate) mod cross_origin;
pub(crate) mod embedding;
pub(crate) mod navigation;
pub(crate) mod negotiation;
pub(crate) mod proxy_mark;
pub(crate) mod return_to;
pub(crate) mod rewritten_answer;
pub(crate) mod same_origin;
pub(crate) mod seen_address;
