//! Ground floor: pure types. They parse at the edge and are never checked again.

pub(crate) mod answer;
pub(crate) mod callers;
pub(crate) mod downstream;
pub(crate) mod hexadecimal;
pub(crate) mod http_date;
pub(crate) mod json;
pub(crate) mod moment;
pub(crate) mod policies;
pub(crate) mod providers;
pub(crate) mod refusals;
pub(crate) mod registration;
pub(crate) mod sessions;
pub(crate) mod settings;
pub(crate) mod unix_time;
