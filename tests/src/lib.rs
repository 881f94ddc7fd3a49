//! What the tests of this crate share: a browser, an application to visit, and someone who signs in.
//!
//! Nothing here looks inside `azure-auth`. The tests see what a visitor, a script or another site sees: addresses,
//! statuses, headers, cookies and pages.

#![allow(clippy::missing_panics_doc, reason = "whatever goes wrong here fails the test that asked for it")]

pub mod application;
pub mod browser;
pub mod certificate;
pub mod cookie_jar;
pub mod document;
pub mod guestbook;
pub mod inspection;
pub mod log;
pub mod openid_provider;
pub mod packages;
#[cfg(doctest)]
mod pages;
pub mod place;
pub mod program;
pub mod proxy;
pub mod random;
#[path = "../../azure-auth/tests/support/redis_server.rs"]
pub mod redis;
pub mod replicas;
pub mod scene;
pub mod sealed_cookie;
pub mod site;
pub mod tab;
