//! What a program may do at other APIs: permissions, and what a handler needs of them.

pub(crate) mod held_token;
pub(crate) mod need;
pub(crate) mod permission;
pub(crate) mod tokens_in_hand;
