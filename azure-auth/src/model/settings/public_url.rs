//! The address under which browsers reach an application: an origin, and perhaps a path in front of all of its own.

use std::fmt;

use thiserror::Error;
use url::Url;

use super::origin::{Origin, OriginError};

/// `https://app.example.com`, or `https://example.com/app` where the application shares its host with others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PublicUrl {
    origin: Origin,
    /// In front of every path of the application: empty, or `/app`.
    prefix: String,
    /// The path of the start page: the prefix, with a slash at its end where it was written with one.
    root: String,
    /// Origin and prefix.
    text: String,
}

/// Why a text is not an address of an application.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(crate) enum PublicUrlError {
    #[error(transparent)]
    Origin(#[from] OriginError),
    #[error("the address has a query, a fragment or a user name, and only scheme, host, port and path belong here")]
    MoreThanAnAddress,
    #[error(
        "the path has something else than letters, digits and `-`, `.`, `_`, `~` between single slashes, or more than \
         {PREFIX_LIMIT} characters"
    )]
    Path,
}

impl PublicUrlError {
    /// What to write instead.
    pub(crate) fn remedy(&self) -> &'static str {
        match self {
            Self::Origin(error) => error.remedy(),
            Self::MoreThanAnAddress => "write no more than `https://app.example.com/path`",
            Self::Path => "choose a plainer path, as in `https://example.com/app`",
        }
    }
}

/// Addresses to come back to have 512 characters with it.
const PREFIX_LIMIT: usize = 128;

impl PublicUrl {
    /// Reads an address, with or without a slash at its end.
    pub(crate) fn parse(text: &str) -> Result<Self, PublicUrlError> {
        let url = Url::parse(text).map_err(|_| OriginError::NotAnAddress)?;
        let has_person = !url.username().is_empty() || url.password().is_some();
        if url.query().is_some() || url.fragment().is_some() || has_person {
            return Err(PublicUrlError::MoreThanAnAddress);
        }
        let origin = Origin::of(&url)?;
        let root = url.path();
        let prefix = root.strip_suffix('/').unwrap_or(root);
        if !is_plain(prefix) {
            return Err(PublicUrlError::Path);
        }
        Ok(Self { text: format!("{origin}{prefix}"), prefix: prefix.to_owned(), root: root.to_owned(), origin })
    }

    pub(crate) fn origin(&self) -> &Origin {
        &self.origin
    }

    /// In front of every path of the application: empty, or `/app`.
    pub(crate) fn prefix(&self) -> &str {
        &self.prefix
    }

    /// The path of the start page.
    pub(crate) fn root(&self) -> &str {
        &self.root
    }

    /// Origin and prefix, without a slash at the end.
    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }
}

impl From<Origin> for PublicUrl {
    fn from(origin: Origin) -> Self {
        Self { text: origin.to_string(), prefix: String::new(), root: "/".to_owned(), origin }
    }
}

impl fmt::Display for PublicUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

/// Nothing that a browser, a proxy or a router could read in two ways.
fn is_plain(prefix: &str) -> bool {
    let is_segment = |segment: &str| {
        !segment.is_empty() && segment.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte))
    };
    prefix.is_empty() || prefix.len() <= PREFIX_LIMIT && prefix[1..].split('/').all(is_segment)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_an_origin_and_a_prefix() {
        for (text, expected, prefix, root) in [
            ("https://App.Example.com", "https://app.example.com", "", "/"),
            ("https://app.example.com/", "https://app.example.com", "", "/"),
            ("https://example.com/app", "https://example.com/app", "/app", "/app"),
            ("https://example.com:443/App/", "https://example.com/App", "/App", "/App/"),
            ("https://example.com/a/b-c_d.e~f", "https://example.com/a/b-c_d.e~f", "/a/b-c_d.e~f", "/a/b-c_d.e~f"),
            ("https://example.com/a/../b", "https://example.com/b", "/b", "/b"),
            ("http://localhost:3000/app", "http://localhost:3000/app", "/app", "/app"),
        ] {
            let url = PublicUrl::parse(text).unwrap();
            assert_eq!((url.as_str(), url.prefix(), url.root()), (expected, prefix, root), "{text}");
            assert_eq!(url.to_string(), format!("{}{prefix}", url.origin()), "{text}");
        }
        let origin = Origin::parse("https://app.example.com").unwrap();
        assert_eq!(PublicUrl::from(origin), PublicUrl::parse("https://app.example.com").unwrap());
    }

    #[test]
    fn what_could_be_read_in_two_ways_is_no_address() {
        use OriginError::{NotAnAddress, OpenHttp};
        use PublicUrlError::{MoreThanAnAddress, Path};
        let long = format!("https://example.com/{}", "a".repeat(PREFIX_LIMIT));
        for (text, expected) in [
            ("", NotAnAddress.into()),
            ("/app", NotAnAddress.into()),
            ("app.example.com", NotAnAddress.into()),
            ("ftp://example.com/app", NotAnAddress.into()),
            ("http://app.example.com", OpenHttp.into()),
            ("http://app.example.com/app", OpenHttp.into()),
            ("https://example.com/app?x", MoreThanAnAddress),
            ("https://example.com/app#x", MoreThanAnAddress),
            ("https://me@example.com/app", MoreThanAnAddress),
            ("https://:word@example.com/app", MoreThanAnAddress),
            ("https://example.com//", Path),
            ("https://example.com//app", Path),
            ("https://example.com/app//", Path),
            ("https://example.com/a//b", Path),
            ("https://example.com/a%2fb", Path),
            ("https://example.com/caf\u{e9}", Path),
            ("https://example.com/a b", Path),
            ("https://example.com/a;b", Path),
            ("https://example.com/:id", Path),
            ("https://example.com/*", Path),
            (&long, Path),
        ] {
            assert_eq!(PublicUrl::parse(text), Err(expected), "{text}");
        }
        assert!(PublicUrl::parse(&long[..long.len() - 1]).is_ok());
    }
}
