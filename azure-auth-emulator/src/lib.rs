//! A local Microsoft Entra ID on loopback: for trying out, for tests, for developing without a tenant.
//!
//! It speaks the protocol in the shapes of the real service (discovery, keys, account page, codes, tokens, sign-out,
//! errors with their AADSTS codes), for tenants and people that exist only here. It is not Microsoft, says so on every
//! page, and listens on 127.0.0.1 only.
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let emulator = azure_auth_emulator::Emulator::start().await?;
//! for (name, value) in emulator.env() {
//!     println!("export {name}='{value}'");
//! }
//! # Ok(())
//! # }
//! ```
//!
//! Tests break it on purpose: [`Emulator::inject`] makes it wrong in one named way, [`Emulator::rotate_keys`] changes
//! its keys at once, and [`Emulator::transcript`] tells what the relying party sent. The README shows the format of a
//! directory of one's own.
//!
//! A browser signs in once for all applications, and signing out tells each of them at its front-channel logout URL;
//! [`Emulator::front_channel_requests`] tells a test beforehand. Unlike the real service, this local one takes `http` on
//! loopback for such an address. Its pages refuse to be framed, as those of the real one do, and send no
//! `Cross-Origin-Opener-Policy`: a sign-in in a window that a script opened can tell its opener the result.

mod directory;
mod emulator;
mod exchange;
mod faults;
mod memory;
mod protocol;
mod server;
mod tokens;

pub use directory::application::Application;
pub use directory::plain_provider::{ClientAuthentication, IdTokenShape, PlainProvider};
pub use directory::seed::Directory;
pub use directory::tenant::Tenant;
pub use directory::user::User;
pub use emulator::{Emulator, EmulatorBuilder};
pub use faults::defect::Defect;
pub use faults::start_error::StartError;
pub use memory::front_channel::FrontChannelRequest;
pub use memory::transcript::Exchange;
pub use tokens::signed_by::SignedBy;
pub use tokens::token_builder::TokenBuilder;
pub use tokens::token_error::TokenError;

/// The examples of the README run as well.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
