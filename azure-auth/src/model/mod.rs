//! Ground floor: pure types. They parse at the edge and are never checked again.

pub(crate) mod declaration;
