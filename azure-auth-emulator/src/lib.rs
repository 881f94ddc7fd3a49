//! A local Microsoft Entra ID on loopback: for trying out, for tests, for developing without a tenant.
//!
//! It speaks the protocol in the shapes of the real service (discovery, keys, account page, codes, tokens, sign-out,
//! errors with their AADSTS codes), for tenants and people that exist only here. It is not Microsoft, says so on every
//! page, and listens on 127.0.0.1 only. Any relying party can use it; it knows nothing of `azure-auth`, except for the
//! names of the variables that it prints.
//!
//! # The smallest program
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
//! The crate is a program as well, which prints the same lines: `azure-auth-emulator --port 8400`.
//!
//! # What is used most
//!
//! | wanted | with |
//! |---|---|
//! | an emulator while a program is developed, and the tenant when one is configured | [`Emulator::start_unless_configured`] |
//! | scopes, roles and groups of an application's own | [`EmulatorBuilder::scopes`], [`assign`](EmulatorBuilder::assign), [`grant`](EmulatorBuilder::grant), [`member`](EmulatorBuilder::member) |
//! | a directory of one's own | [`Tenant`], [`User`], [`Application`], or a [`Directory`] from JSON |
//! | a registration as the real service has it, and back | [`Application::from_registration`], [`Emulator::registration_of`] |
//! | an access token, right or wrong, for the test of an API | [`Emulator::access_token`], which gives a [`TokenBuilder`] |
//! | a provider that is wrong in one named way | [`Emulator::inject`] with a [`Defect`] |
//! | any error of Entra ID, by its code, or of Microsoft Graph | [`Emulator::force_error`] with a [`ForcedError`] |
//! | permissions of other APIs, agreed to or not | [`Emulator::consent`], [`withdraw_consent`](Emulator::withdraw_consent) |
//! | what happens at the end of a token | [`Emulator::set_access_token_lifetime`], [`revoke_refresh_tokens`](Emulator::revoke_refresh_tokens) |
//! | what happens while a token is renewed | [`Emulator::hold`], which gives a [`Gate`] |
//! | how often tokens were asked for | [`Emulator::token_requests`] |
//! | a claims challenge of Microsoft Graph | [`Emulator::challenge`], [`require_interaction`](Emulator::require_interaction) |
//! | a certificate or a federated credential in the place of a secret | [`Application::certificate`], [`federated_credential`](Application::federated_credential), [`Emulator::federated_token`] |
//! | the managed identity of a machine | [`Emulator::managed_identity`], [`identity_endpoint`](Emulator::identity_endpoint), [`Application::trusts_managed_identity`] |
//! | new signing keys, without notice | [`Emulator::rotate_keys`] |
//! | what the relying party sent | [`Emulator::transcript`] |
//! | what tells an application that somebody signed out elsewhere | [`Emulator::front_channel_requests`] |
//! | an ordinary OpenID Connect provider, without tenants | [`Emulator::plain_issuer`], with the behaviour of a [`PlainProvider`] |
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use azure_auth_emulator::{Defect, Emulator, SignedBy};
//!
//! let emulator = Emulator::builder()
//!     .scopes(["Tickets.Read"])
//!     .assign("adele@contoso.test", "Agent")
//!     .start()
//!     .await?;
//! let right = emulator.access_token().scope("Tickets.Read").issue();
//! let forged = emulator.access_token().scope("Tickets.Read").signed_by(SignedBy::Impostor).issue();
//! emulator.inject(Defect::IssuerWrong); // from now on sign-ins must fail
//! # assert_ne!(right, forged);
//! # Ok(())
//! # }
//! ```
//!
//! # Where it differs from the real service
//!
//! It asks for no password, keeps everything in memory, and has no Conditional Access and only a corner of Microsoft Graph.
//! Where it checks a request, it does so as the real service would. A front-channel logout URL may be `http` on loopback, because
//! this service is local. Its pages refuse to be framed, as those of the real one do, and send no
//! `Cross-Origin-Opener-Policy`: a sign-in in a window that a script opened can tell its opener the result.

mod directory;
mod emulator;
mod exchange;
mod faults;
mod graph;
mod memory;
mod protocol;
mod server;
mod tokens;

pub use directory::application::Application;
pub use directory::managed_identity::ManagedIdentity;
pub use directory::plain_provider::{ClientAuthentication, IdTokenShape, PlainProvider};
pub use directory::seed::Directory;
pub use directory::tenant::Tenant;
pub use directory::user::User;
pub use emulator::{Emulator, EmulatorBuilder};
pub use faults::defect::{Defect, UnknownDefect};
pub use faults::forced_error::ForcedError;
pub use faults::start_error::StartError;
pub use faults::token_grant::TokenGrant;
pub use memory::front_channel::FrontChannelRequest;
pub use memory::gates::Gate;
pub use memory::transcript::Exchange;
pub use tokens::signed_by::SignedBy;
pub use tokens::token_builder::TokenBuilder;
pub use tokens::token_error::TokenError;

/// The examples of the README run as well.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
