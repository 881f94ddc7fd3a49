//! Why an emulator did not start.

use std::path::PathBuf;

use thiserror::Error;

/// Why an emulator did not start. Each text says what was found and what to do about it.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// use azure_auth_emulator::{Emulator, StartError};
///
/// let error = Emulator::builder().assign("adelle@contoso.test", "Admin").start().await.unwrap_err();
/// assert!(matches!(error, StartError::UnknownUser { .. }));
/// assert!(error.to_string().contains("adele@contoso.test"), "those that exist are named");
/// # }
/// ```
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum StartError {
    /// Usual cause: the port is in use.
    #[error("127.0.0.1:{port} cannot be listened on: {error}; choose another port")]
    Bind {
        /// The port asked for; 0 means any.
        port: u16,
        /// What the system said.
        error: std::io::Error,
    },
    /// The system gave no randomness.
    #[error("the certificates could not be made, because the system gives no randomness; try again")]
    Certificates,
    /// Usual cause: the directory is not there, or belongs to somebody else.
    #[error("the certificate authority cannot be written to {}: {error}; name another file", path.display())]
    CaFile {
        /// Where it was to be written.
        path: PathBuf,
        /// What the system said.
        error: std::io::Error,
    },
    /// The system gave no randomness.
    #[error("the signing keys could not be made, because the system gives no randomness; try again")]
    Keys,
    /// Usual cause: a seed file without applications.
    #[error("the directory has no {missing}; add one")]
    Incomplete {
        /// `tenant` or `application`.
        missing: &'static str,
    },
    /// Usual cause: the API defines the role for people only, or is not registered.
    #[error(
        "an application was granted {role:?} of {resource:?}, which has no role for applications of that name; define it \
         there (`Application::app_role_for_applications`)"
    )]
    WrongPermission {
        /// The API as written.
        resource: String,
        /// The role as written.
        role: String,
    },
    /// Usual cause: a typing error in a scope, or an API that is not registered.
    #[error(
        "an application lists the delegated permission {scope:?} of {resource:?}, which has none of that name; register it \
         there (`Application::scope`), or write one that exists"
    )]
    WrongScope {
        /// The API as written.
        resource: String,
        /// The scope as written.
        scope: String,
    },
    /// There are two versions.
    #[error("{name:?} asks for access tokens of version {found}, expected 1 or 2; write `access_token_version` 2")]
    WrongVersion {
        /// The application's name.
        name: String,
        /// The version as written.
        found: u8,
    },
    /// Usual cause: a redirect URI was moved to the other platform and left where it was as well.
    #[error(
        "the redirect URI {found:?} of {name:?} is registered for a server and for a single-page application; keep one \
         of the two"
    )]
    AmbiguousRedirectUri {
        /// The application's name.
        name: String,
        /// The single-page redirect URI as written.
        found: String,
    },
    /// Usual cause: a private key, a file's name, or a certificate with an elliptic-curve key.
    #[error(
        "a certificate of {name:?} cannot be read: {problem}; give the certificate itself, with an RSA key of 2048 bits or \
         more, as text in PEM"
    )]
    WrongCertificate {
        /// The application's name.
        name: String,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// Usual cause: a typing error in a registration, or something that this emulator does not have.
    #[error("the registration cannot be taken: its `{member}` {problem}")]
    WrongRegistration {
        /// The member, as one would write the way to it.
        member: String,
        /// What is wrong with it.
        problem: String,
    },
    /// Usual cause: `http` on a host that is not loopback.
    #[error(
        "the front-channel logout URL {found:?} of {name:?} cannot be loaded; write one of at most 255 characters, without \
         a fragment, that begins with https, or on loopback with http"
    )]
    WrongLogoutUrl {
        /// The application's name.
        name: String,
        /// The address as written.
        found: String,
    },
    /// Usual cause: a typing error in a user name.
    #[error("{found:?} was given a role or a group, but is not in the directory; name one of {}", known.join(", "))]
    UnknownUser {
        /// The name as written.
        found: String,
        /// The user names of the directory.
        known: Vec<String>,
    },
    /// Usual cause: a typing error in a name.
    #[error("{found:?} was granted a role, but is not registered; name one of {}", known.join(", "))]
    UnknownApplication {
        /// The name as written.
        found: String,
        /// The names of the registrations.
        known: Vec<String>,
    },
    /// Usual cause: an address with its scheme or port.
    #[error(
        "found the host {found:?}, expected a name or an address alone; leave out the scheme, the port and the path"
    )]
    NotAHost {
        /// The host as written.
        found: String,
    },
    /// Usual cause: a typing error in a seed file.
    #[error(
        "a tenant or person of the directory has the id {found:?}, expected a GUID; write one like \
         aaaaaaaa-0000-4000-8000-000000000001"
    )]
    NotAnId {
        /// The id as written.
        found: String,
    },
}
