//! What a developer sees first of a failure, with the example `hybrid` as they run it: one line in the log, the page, the
//! document.

mod microsoft;
mod provider;
mod proxies;
mod sessions;
mod stage;
mod start;
