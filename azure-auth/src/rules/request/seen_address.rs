//! Does the address that a browser uses, as far as a request tells, agree with the configured one? Asked for diagnosis alone:
//! nothing is decided by what a proxy says of itself.

use thiserror::Error;

use crate::model::json::printable;
use crate::model::refusals::diagnosis::{Details, Diagnosed};
use crate::model::settings::origin::Origin;
use crate::model::settings::public_url::PublicUrl;

/// What a request says of the address under which the browser asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct SeenAddress<'r> {
    /// `Host`.
    pub(crate) host: Option<&'r str>,
    /// `Forwarded` (RFC 7239).
    pub(crate) forwarded: Option<&'r str>,
    /// `X-Forwarded-Host`.
    pub(crate) forwarded_host: Option<&'r str>,
    /// `X-Forwarded-Proto`.
    pub(crate) forwarded_scheme: Option<&'r str>,
    /// `Origin`, or the beginning of `Referer`: a page of this application, if it names the same host.
    pub(crate) page: Option<&'r str>,
}

/// Why a sign-in will not come back to the browser that began it.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(crate) enum AddressProblem {
    /// Usual cause: nothing sends browsers from http to https, or the proxy does not say that it ended TLS.
    #[error("the browser asks over http, and `AZURE_PUBLIC_URL` is {public}: it keeps no cookie that is `Secure`")]
    WithoutTls { public: String, evidence: String },
    /// Usual cause: `AZURE_PUBLIC_URL` names the inner host, or an old one.
    #[error(
        "the browser asks for {forwarded}, and `AZURE_PUBLIC_URL` is {public}: the sign-in comes back to the latter"
    )]
    OtherAddress { public: String, forwarded: String },
    /// Usual cause: the proxy in front came later than the program.
    #[error("a proxy serves this application as {forwarded}, and `AZURE_PUBLIC_URL` is not set")]
    PublicUrlMissing { forwarded: String, host: String },
    /// Fine behind a proxy that rewrites the host.
    #[error(
        "requests arrive for the host {host}, and `AZURE_PUBLIC_URL` is {public}: fine behind a proxy that rewrites it"
    )]
    OtherHost { public: String, host: String },
}

impl AddressProblem {
    /// A word of ours for each kind.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::WithoutTls { .. } => "address-without-tls",
            Self::OtherAddress { .. } => "address-elsewhere",
            Self::PublicUrlMissing { .. } => "address-unknown",
            Self::OtherHost { .. } => "address-of-other-host",
        }
    }
}

/// `public`: the public URL at which the sign-in takes place; `all`: every configured one.
pub(crate) fn judge(seen: &SeenAddress<'_>, public: Option<&PublicUrl>, all: &[PublicUrl]) -> Option<AddressProblem> {
    let (host, scheme) = (seen.browser_host(), seen.browser_scheme());
    let is_public = |host: &str| all.iter().any(|url| url.origin().is_at(host));
    match (public, host) {
        (None, Some(forwarded)) if Origin::of_loopback_host(forwarded).is_none() => {
            let host = printable(seen.host.unwrap_or_default());
            Some(AddressProblem::PublicUrlMissing { forwarded: printable(forwarded), host })
        }
        (Some(public), Some(forwarded)) if !is_public(forwarded) => {
            let forwarded = printable(forwarded);
            Some(AddressProblem::OtherAddress { public: public.as_str().to_owned(), forwarded })
        }
        (Some(public), _) => {
            let is_secure = public.origin().is_https();
            match scheme.filter(|(scheme, _)| is_secure && scheme.eq_ignore_ascii_case("http")) {
                Some((_, evidence)) => {
                    Some(AddressProblem::WithoutTls { public: public.as_str().to_owned(), evidence })
                }
                None => seen.host.filter(|host| !is_public(host)).map(|host| AddressProblem::OtherHost {
                    public: public.as_str().to_owned(),
                    host: printable(host),
                }),
            }
        }
        (None, _) => None,
    }
}

impl<'r> SeenAddress<'r> {
    /// The host that the browser asked for, as the first proxy says.
    fn browser_host(&self) -> Option<&'r str> {
        let forwarded = self.forwarded.and_then(|header| parameter(header, "host"));
        forwarded.or_else(|| self.forwarded_host.map(first)).filter(|host| !host.is_empty())
    }

    /// The scheme that it used, and what says so.
    fn browser_scheme(&self) -> Option<(&'r str, String)> {
        let told = |scheme: &'r str, header: &str| (scheme, format!("`{header}` says {}", printable(scheme)));
        let forwarded =
            self.forwarded.and_then(|header| parameter(header, "proto")).map(|text| told(text, "Forwarded"));
        let older = || self.forwarded_scheme.map(first).map(|text| told(text, "X-Forwarded-Proto"));
        // A page of this very host, in the browser's own words.
        let of_page = || {
            let (scheme, rest) = self.page?.split_once("://")?;
            let host = rest.split('/').next()?;
            let is_ours = self.browser_host().or(self.host).is_some_and(|own| own.eq_ignore_ascii_case(host));
            is_ours.then(|| (scheme, format!("the page that asks is {}://{}", printable(scheme), printable(host))))
        };
        of_page().or(forwarded).or_else(older)
    }
}

impl Diagnosed for AddressProblem {
    fn details(&self) -> Details {
        match self {
            Self::WithoutTls { public, evidence } => Details::new(evidence.clone(), format!("https, as in {public}"))
                .remedy(
                    "let the proxy in front answer http with a redirect to https; if it ends TLS already, let it send \
                 `X-Forwarded-Proto: https`",
                ),
            Self::OtherAddress { public, forwarded } => Details::new(
                format!("the forwarded host {forwarded}"),
                public.clone(),
            )
            .remedy(format!(
                "set `AZURE_PUBLIC_URL` to the address browsers use (`https://{forwarded}`, several are separated by \
                     commas) and register its redirect URI"
            )),
            Self::PublicUrlMissing { forwarded, host } => {
                Details::new(format!("`Host` {host}, forwarded for {forwarded}"), "`AZURE_PUBLIC_URL`")
                    .remedy(format!("set `AZURE_PUBLIC_URL` to `https://{forwarded}` and register its redirect URI"))
            }
            Self::OtherHost { public, host } => Details::new(format!("`Host` {host}"), public.clone())
                .remedy("if browsers use that host, set `AZURE_PUBLIC_URL` to it; otherwise nothing is to be done"),
        }
    }
}

/// What the proxy that is nearest to the browser wrote.
fn first(header: &str) -> &str {
    header.split(',').next().unwrap_or_default().trim()
}

/// A parameter of the first element of `Forwarded`.
fn parameter<'h>(header: &'h str, wanted: &str) -> Option<&'h str> {
    first(header).split(';').find_map(|pair| {
        let (name, value) = pair.split_once('=')?;
        name.trim().eq_ignore_ascii_case(wanted).then(|| value.trim().trim_matches('"'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(seen: SeenAddress<'_>, public: &[&str]) -> Option<&'static str> {
        let all: Vec<_> = public.iter().map(|url| PublicUrl::parse(url).unwrap()).collect();
        let problem = judge(&seen, all.first(), &all);
        if let Some(problem) = &problem {
            let details = problem.details();
            assert!(details.remedy.is_some_and(|remedy| remedy.contains('`')), "{problem}");
        }
        problem.map(|problem| problem.kind())
    }

    #[test]
    fn a_browser_without_tls_is_told_from_a_proxy_that_ended_it() {
        let app = ["https://app.example.com"];
        let seen = SeenAddress { host: Some("app.example.com"), ..SeenAddress::default() };
        for (seen, expected) in [
            (seen, None),
            (SeenAddress { forwarded_scheme: Some("https"), ..seen }, None),
            (SeenAddress { forwarded_scheme: Some("http"), ..seen }, Some("address-without-tls")),
            (SeenAddress { forwarded_scheme: Some("HTTP, https"), ..seen }, Some("address-without-tls")),
            (SeenAddress { forwarded_scheme: Some("https, http"), ..seen }, None),
            (SeenAddress { forwarded: Some("for=1.2.3.4;proto=http"), ..seen }, Some("address-without-tls")),
            (SeenAddress { forwarded: Some("for=1.2.3.4; Proto=\"https\", proto=http"), ..seen }, None),
            (SeenAddress { page: Some("http://app.example.com/me"), ..seen }, Some("address-without-tls")),
            (SeenAddress { page: Some("https://app.example.com"), forwarded_scheme: Some("http"), ..seen }, None),
            (SeenAddress { page: Some("http://elsewhere.example"), ..seen }, None),
            (SeenAddress { page: Some("null"), ..seen }, None),
        ] {
            assert_eq!(judged(seen, &app), expected, "{seen:?}");
        }
        let open = SeenAddress { host: Some("localhost:3000"), forwarded_scheme: Some("http"), ..seen };
        assert_eq!(judged(open, &["http://localhost:3000"]), None);
    }

    #[test]
    fn a_forwarded_host_that_is_another_is_named() {
        let both = ["https://app.example.com", "https://app.example.org"];
        let seen = SeenAddress { host: Some("inner:8080"), ..SeenAddress::default() };
        for (seen, public, expected) in [
            (seen, &both[..], Some("address-of-other-host")),
            (SeenAddress { forwarded_host: Some("app.example.com"), ..seen }, &both[..], Some("address-of-other-host")),
            (
                SeenAddress { forwarded_host: Some("App.Example.org:443"), ..seen },
                &both[..1],
                Some("address-elsewhere"),
            ),
            (
                SeenAddress { forwarded_host: Some("app.example.org, b"), ..seen },
                &both[..],
                Some("address-of-other-host"),
            ),
            (SeenAddress { forwarded: Some("host=\"new.example\""), ..seen }, &both[..], Some("address-elsewhere")),
            (SeenAddress { forwarded_host: Some(""), ..seen }, &[], None),
            (SeenAddress { forwarded_host: Some("new.example"), ..seen }, &[], Some("address-unknown")),
            (SeenAddress { forwarded_host: Some("localhost:3000"), ..seen }, &[], None),
            (seen, &[], None),
        ] {
            assert_eq!(judged(seen, public), expected, "{seen:?} {public:?}");
        }
    }

    #[test]
    fn nothing_that_a_stranger_writes_is_repeated_unread() {
        let seen = SeenAddress { forwarded_host: Some("a\u{7}\n<b>"), ..SeenAddress::default() };
        let problem = judge(&seen, None, &[]).unwrap();
        assert!(!format!("{problem}{:?}", problem.details()).contains(['\u{7}', '\n']));
    }
}
