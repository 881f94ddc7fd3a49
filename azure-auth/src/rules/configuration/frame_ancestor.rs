//! Who may show this application in a frame?

use thiserror::Error;

use crate::model::settings::origin::{Origin, OriginError};

/// Why a text names nobody who may frame us.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(crate) enum FrameAncestorError {
    #[error(transparent)]
    Origin(#[from] OriginError),
    #[error("the host is neither plain nor `*.` in front of a domain of two labels")]
    Host,
}

impl FrameAncestorError {
    /// What to write instead.
    pub(crate) fn remedy(&self) -> &'static str {
        match self {
            Self::Origin(OriginError::MoreThanAnOrigin) => "write no more than `https://teams.microsoft.com`",
            Self::Origin(OriginError::OpenHttp) => "write `https`",
            Self::Origin(OriginError::NotAnAddress) | Self::Host => {
                "write an origin such as `https://teams.microsoft.com` or `https://*.cloud.microsoft`; everybody cannot be named"
            }
        }
    }
}

/// One source of `frame-ancestors` (Content Security Policy Level 3 §6.4.2): an origin, whose host may begin with `*.`.
pub(crate) fn frame_ancestor(text: &str) -> Result<String, FrameAncestorError> {
    let origin = Origin::parse(text)?;
    let (scheme, authority) = origin.as_str().split_once("://").ok_or(FrameAncestorError::Host)?;
    let (is_wild, host) = authority.strip_prefix("*.").map_or((false, authority), |host| (true, host));
    // The letters of hosts and ports only: what else an address may hold would end the directive.
    let is_plain = host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-.:[]".contains(&byte));
    if !is_plain || is_wild && !host.contains('.') {
        return Err(FrameAncestorError::Host);
    }
    Ok(format!("{scheme}://{authority}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_may_frame_us_and_so_may_the_hosts_below_a_domain() {
        for (text, expected) in [
            ("https://Teams.Microsoft.com/", "https://teams.microsoft.com"),
            ("https://*.cloud.microsoft", "https://*.cloud.microsoft"),
            ("https://portal.example:8443", "https://portal.example:8443"),
            ("http://localhost:3000", "http://localhost:3000"),
        ] {
            assert_eq!(frame_ancestor(text).as_deref(), Ok(expected));
        }
    }

    #[test]
    fn nothing_else_gets_into_the_policy() {
        use FrameAncestorError::{Host, Origin};
        for (text, expected) in [
            ("*", Origin(OriginError::NotAnAddress)),
            ("'self'", Origin(OriginError::NotAnAddress)),
            ("https:", Origin(OriginError::NotAnAddress)),
            ("http://portal.example", Origin(OriginError::OpenHttp)),
            ("https://portal.example/tab", Origin(OriginError::MoreThanAnOrigin)),
            ("https://*", Host),
            ("https://*.com", Host),
            ("https://a.*.example", Host),
            ("https://portal.example;script-src", Host),
            ("https://portal.example,x", Host),
        ] {
            assert_eq!(frame_ancestor(text), Err(expected), "{text}");
        }
    }
}
