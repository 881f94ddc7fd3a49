//! The library's pages and refusals: what they say, how they look, and the headers that keep them safe.

pub(crate) mod framing;
pub(crate) mod looks;
pub(crate) mod misuse;
pub(crate) mod page;
pub(crate) mod page_html;
pub(crate) mod refusal_trace;
pub(crate) mod refused;
pub(crate) mod refused_form;
