//! Tokens for other APIs: who is asked, who is told what, and what is renewed, over HTTP with the local Entra ID.

mod bearer;
mod challenges;
mod ends;
mod findings;
mod pages;
mod renewal;
mod silence;
mod stage;
mod start;
