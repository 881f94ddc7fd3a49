//! What a request proves its sender with, remembered to know it again.

use std::borrow::Cow;

use poem::Request;
use poem::http::HeaderMap;
use poem::http::header::{AUTHORIZATION, COOKIE, HeaderName, HeaderValue};

use crate::rules::session::cookies;

/// The headers that say who sends a request.
pub(crate) struct Carried {
    authorization: Values,
    cookies: Values,
}

/// The values of one header. Most requests have one or none.
struct Values {
    first: Option<HeaderValue>,
    further: Vec<HeaderValue>,
}

/// The `Authorization` headers of a request.
pub(crate) enum Authorization<'c> {
    None,
    One(&'c [u8]),
    Several(usize),
}

impl Carried {
    pub(crate) fn of(request: &Request) -> Self {
        let headers = request.headers();
        Self { authorization: Values::of(headers, &AUTHORIZATION), cookies: Values::of(headers, &COOKIE) }
    }

    /// Whether a request carries just the same.
    pub(crate) fn is_in(&self, request: &Request) -> bool {
        let headers = request.headers();
        self.cookies.are_in(headers, &COOKIE) && self.authorization.are_in(headers, &AUTHORIZATION)
    }

    pub(crate) fn authorization(&self) -> Authorization<'_> {
        match (&self.authorization.first, self.authorization.further.len()) {
            (None, _) => Authorization::None,
            (Some(only), 0) => Authorization::One(only.as_bytes()),
            (Some(_), further) => Authorization::Several(1 + further),
        }
    }

    /// Whether there is a cookie of this name.
    pub(crate) fn has_cookie(&self, name: &str) -> bool {
        let headers = self.cookies.first.iter().chain(&self.cookies.further).map(HeaderValue::as_bytes);
        cookies::find(headers, name).is_some()
    }

    /// The ticket of a session, which may come in several cookies.
    pub(crate) fn ticket(&self, name: &str) -> Option<Cow<'_, [u8]>> {
        let headers = || self.cookies.first.iter().chain(&self.cookies.further).map(HeaderValue::as_bytes);
        cookies::whole(name, |name| cookies::find(headers(), name))
    }
}

impl Values {
    fn of(headers: &HeaderMap, name: &HeaderName) -> Self {
        let mut values = headers.get_all(name).iter();
        let Some(first) = values.next() else { return Self { first: None, further: Vec::new() } };
        Self { first: Some(first.clone()), further: values.cloned().collect() }
    }

    fn are_in(&self, headers: &HeaderMap, name: &HeaderName) -> bool {
        let Some(first) = &self.first else { return !headers.contains_key(name) };
        let mut found = headers.get_all(name).iter();
        found.next().is_some_and(|found| is_same(first, found))
            && self.further.iter().all(|kept| found.next().is_some_and(|found| is_same(kept, found)))
            && found.next().is_none()
    }
}

/// Usually the very same bytes: what is kept cannot have moved.
fn is_same(one: &HeaderValue, other: &HeaderValue) -> bool {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    std::ptr::eq(one, other) || one == other
}

#[cfg(test)]
mod tests {
    use poem::http::header::ACCEPT;

    use super::*;

    fn request(headers: &[(HeaderName, &str)]) -> Request {
        let with = |request: poem::RequestBuilder, (name, value): &(HeaderName, &str)| request.header(name, *value);
        headers.iter().fold(Request::builder(), with).finish()
    }

    #[test]
    fn a_request_is_known_again_by_what_it_proves_its_sender_with_and_by_nothing_else() {
        let first = [(COOKIE, "a=1"), (COOKIE, "b=2"), (AUTHORIZATION, "Bearer x")];
        let carried = Carried::of(&request(&first));
        for (same, headers) in [
            (true, vec![(COOKIE, "a=1"), (COOKIE, "b=2"), (AUTHORIZATION, "Bearer x")]),
            (true, vec![(AUTHORIZATION, "Bearer x"), (ACCEPT, "*/*"), (COOKIE, "a=1"), (COOKIE, "b=2")]),
            (false, vec![(COOKIE, "b=2"), (COOKIE, "a=1"), (AUTHORIZATION, "Bearer x")]),
            (false, vec![(COOKIE, "a=1"), (AUTHORIZATION, "Bearer x")]),
            (false, vec![(COOKIE, "a=1"), (COOKIE, "b=2"), (COOKIE, "c=3"), (AUTHORIZATION, "Bearer x")]),
            (false, vec![(COOKIE, "a=1"), (COOKIE, "b=2")]),
            (false, vec![(COOKIE, "a=1"), (COOKIE, "b=2"), (AUTHORIZATION, "Bearer y")]),
            (false, vec![(COOKIE, "a=1"), (COOKIE, "b=2"), (AUTHORIZATION, "Bearer x"), (AUTHORIZATION, "")]),
            (false, vec![(COOKIE, "a=1"), (COOKIE, "b=3"), (AUTHORIZATION, "Bearer x")]),
            (false, Vec::new()),
        ] {
            assert_eq!(carried.is_in(&request(&headers)), same, "{headers:?}");
        }
        assert!(Carried::of(&request(&[])).is_in(&request(&[(ACCEPT, "*/*")])));
        assert!(!Carried::of(&request(&[])).is_in(&request(&[(COOKIE, "")])));
    }
}
