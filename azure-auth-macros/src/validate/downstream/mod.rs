//! Rules about other APIs: the key `downstream`, and the section of that name in `app!`.

pub(super) mod key;
mod names;
mod resource;
pub(super) mod section;

pub(super) use names::meant_elsewhere;
