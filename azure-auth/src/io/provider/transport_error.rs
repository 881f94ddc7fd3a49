//! Why there is no answer of the provider, or one that is not read.

use std::time::Duration;

use rustls::CertificateError as Problem;
use thiserror::Error;

/// For a whole exchange, from the connection to the last byte.
pub(crate) const TIME_LIMIT: Duration = Duration::from_secs(10);

/// For the body of an answer, in bytes.
pub(crate) const SIZE_LIMIT: usize = 1024 * 1024;

/// Why there is no answer, or one that is not read. The address is not part of it: it may carry a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub(crate) enum TransportError {
    #[error("no complete answer within {} s", TIME_LIMIT.as_secs())]
    TimedOut,
    /// Usual cause: no network, a wrong host name, or a proxy that does not let the request through.
    #[error("no connection")]
    NoConnection,
    /// Usual cause: a proxy that opens TLS, or a provider with a certificate of one's own organisation.
    #[error("its certificate is not trusted: {0}")]
    Untrusted(Distrust),
    #[error("the answer has more than {SIZE_LIMIT} bytes")]
    TooLarge,
    #[error("the answer broke off")]
    BrokenOff,
    #[error("the answer is a redirect ({status}), which is not followed")]
    Redirect { status: u16 },
    #[error("the answer has status {status}")]
    Status { status: u16 },
}

/// What is wrong with a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub(crate) enum Distrust {
    #[error("no certificate authority that is known here issued it")]
    UnknownIssuer,
    #[error("it is for another host name")]
    OtherName,
    #[error("its time is over, or has not begun")]
    NotNow,
    #[error("it cannot be used")]
    Unusable,
}

impl TransportError {
    pub(crate) fn is_timeout(self) -> bool {
        self == Self::TimedOut
    }

    pub(crate) fn remedy(self) -> &'static str {
        match self {
            Self::TimedOut | Self::BrokenOff => {
                "look at the network between this machine and the provider; ask the address with `curl`"
            }
            Self::NoConnection => {
                "check the host name in `AZURE_ISSUER_URI`, the network, and the proxy of this machine (`HTTPS_PROXY`)"
            }
            Self::Untrusted(Distrust::NotNow) => {
                "compare the clock of this machine (`timedatectl status`), and renew the certificate"
            }
            Self::Untrusted(_) => {
                "if the certificate is one of your organisation's own, name the file of its certificate authority in \
                 `AZURE_CA_FILE`"
            }
            Self::TooLarge | Self::Redirect { .. } => {
                "write the provider's own address into `AZURE_ISSUER_URI`; something else answers at this one"
            }
            Self::Status { status: 429 } => "wait; the provider wants fewer requests",
            Self::Status { .. } => "wait; if it lasts, look at the provider's health page",
        }
    }
}

impl Distrust {
    pub(super) fn of(problem: &Problem) -> Self {
        match problem {
            Problem::UnknownIssuer => Self::UnknownIssuer,
            Problem::NotValidForName | Problem::NotValidForNameContext { .. } => Self::OtherName,
            Problem::Expired
            | Problem::ExpiredContext { .. }
            | Problem::NotValidYet
            | Problem::NotValidYetContext { .. } => Self::NotNow,
            _ => Self::Unusable,
        }
    }
}
