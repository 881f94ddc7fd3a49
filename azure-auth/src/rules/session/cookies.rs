//! Our cookies: their names, and finding them in what a browser sends.

use std::borrow::Cow;

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::model::settings::public_url::PublicUrl;

/// The names of our cookies at one public address.
///
/// They carry a short hash of the client id and the public URL, and on loopback the port: cookies are shared between
/// the ports of a host, so two applications under development would overwrite each other's. Two that share a host are told
/// apart by the path of their public URL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CookieNames {
    session: String,
    embedded: String,
    rounds: String,
    sign_in: String,
    farewell: String,
    pub(crate) is_secure: bool,
}

/// Where a browser keeps the cookie of a session. A session is good in one of the two and not in the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CookiePlacement {
    /// With the cookies of our own pages, `SameSite=Lax`.
    FirstParty,
    /// With those that we have inside one other site (`Partitioned`).
    Partitioned,
}

impl CookieNames {
    pub(crate) fn new(client_id: &str, url: &PublicUrl) -> Self {
        let hash = digest(&SHA256, format!("{client_id} {url}").as_bytes());
        let hash = URL_SAFE_NO_PAD.encode(&hash.as_ref()[..6]);
        // A cookie of this name is taken only from this very host, over TLS, for all paths (RFC 6265bis §4.1.3.2).
        let is_secure = url.origin().is_https();
        let prefix = if is_secure { "__Host-" } else { "" };
        Self {
            session: format!("{prefix}azure-session-{hash}"),
            embedded: format!("{prefix}azure-embedded-{hash}"),
            rounds: format!("{prefix}azure-rounds-{hash}"),
            sign_in: format!("{prefix}azure-sign-in-{hash}"),
            farewell: format!("{prefix}azure-farewell-{hash}"),
            is_secure,
        }
    }

    /// The name of the cookie that carries a session.
    pub(crate) fn session(&self, placement: CookiePlacement) -> &str {
        match placement {
            CookiePlacement::FirstParty => &self.session,
            CookiePlacement::Partitioned => &self.embedded,
        }
    }

    /// The name of the cookie that counts sign-ins in a row.
    pub(crate) fn rounds(&self) -> &str {
        &self.rounds
    }

    /// The name of the cookie that a browser has while it signs in.
    pub(crate) fn sign_in(&self) -> &str {
        &self.sign_in
    }

    /// The name of the cookie that remembers where to go after sign-out.
    pub(crate) fn farewell(&self) -> &str {
        &self.farewell
    }
}

/// Bytes of `name=value` of one cookie. Browsers drop cookies above 4,096 bytes without a word, and attributes count.
pub(crate) const PIECE_LIMIT: usize = 3800;

/// More pieces are nobody's session.
pub(crate) const PIECES: usize = 3;

/// A value in pieces that browsers keep, each with the name of its cookie. The first says how many there are.
pub(crate) fn pieces<'a>(name: &'a str, value: &'a str) -> Vec<(Cow<'a, str>, Cow<'a, str>)> {
    if name.len() + 1 + value.len() <= PIECE_LIMIT {
        return vec![(name.into(), value.into())];
    }
    let room = room_in_piece(name);
    let count = value.len().div_ceil(room);
    let piece = |number: usize| {
        let text = &value[number * room..value.len().min((number + 1) * room)];
        match number {
            0 => (name.into(), format!("{count}~{text}").into()),
            _ => (format!("{name}.{number}").into(), text.into()),
        }
    };
    (0..count).map(piece).collect()
}

/// What [`pieces`] made, put together again. `find` gives the value of a cookie.
pub(crate) fn whole<'a>(name: &str, find: impl Fn(&str) -> Option<&'a [u8]>) -> Option<Cow<'a, [u8]>> {
    let first = find(name)?;
    let [digit, b'~', text @ ..] = first else { return Some(first.into()) };
    let count = usize::from(digit.checked_sub(b'0')?);
    if !(2..=PIECES).contains(&count) {
        return None;
    }
    let mut whole = text.to_owned();
    for number in 1..count {
        whole.extend(find(&format!("{name}.{number}"))?);
    }
    Some(whole.into())
}

/// The names of further pieces among the cookies of a request, from the piece `first` on; each once, however often a
/// request has it.
pub(crate) fn further_pieces<'a, H: Iterator<Item = &'a [u8]>>(
    headers: impl Fn() -> H,
    name: &str,
    first: usize,
) -> Vec<String> {
    let all = (first.max(1)..PIECES).map(|number| format!("{name}.{number}"));
    all.filter(|piece| headers().flat_map(names).any(|found| found == piece)).collect()
}

/// Bytes of `name=value` of all pieces of a value.
pub(crate) fn length_in_pieces(name: &str, value: usize) -> usize {
    if name.len() + 1 + value <= PIECE_LIMIT {
        return name.len() + 1 + value;
    }
    let count = value.div_ceil(room_in_piece(name));
    // `2~` in the first, `.1` in the names of the others.
    value + count * (name.len() + 1 + MARK)
}

fn room_in_piece(name: &str) -> usize {
    PIECE_LIMIT - name.len() - 1 - MARK
}

/// Bytes that say how many pieces there are, or which of them this is.
const MARK: usize = 2;

/// The value of a cookie. Two of the same name are ambiguous, and which of them is ours nobody can tell: then none.
///
/// Headers are bytes: browsers send cookies of others on this host as they were set, in letters of any language.
pub(crate) fn find<'a>(headers: impl Iterator<Item = &'a [u8]>, name: &str) -> Option<&'a [u8]> {
    let value = |pair: &'a [u8]| pair.trim_ascii().strip_prefix(name.as_bytes())?.strip_prefix(b"=");
    let mut found = headers.flat_map(pairs).filter_map(value);
    let first = found.next()?;
    found.all(|other| other == first).then_some(first)
}

fn names(header: &[u8]) -> impl Iterator<Item = &str> {
    let name = |pair: &'_ [u8]| -> Option<usize> { pair.iter().position(|byte| *byte == b'=') };
    pairs(header).filter_map(move |pair| std::str::from_utf8(&pair[..name(pair)?]).ok().map(str::trim))
}

/// The cookies of a header; `;` parts them.
fn pairs(header: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = Some(header);
    std::iter::from_fn(move || {
        let text = rest?;
        // Session cookies are long, and this is looked for at every request.
        let Some(end) = memchr::memchr(b';', text) else { return rest.take() };
        rest = Some(&text[end + 1..]);
        Some(&text[..end])
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(client: &str, origin: &str) -> CookieNames {
        CookieNames::new(client, &PublicUrl::parse(origin).unwrap())
    }

    #[test]
    fn two_applications_on_one_host_do_not_share_a_cookie() {
        let first = names("a", "http://localhost:3000");
        assert_ne!(first, names("a", "http://localhost:3001"));
        assert_ne!(first, names("b", "http://localhost:3000"));
        assert_eq!(first, names("a", "http://localhost:3000/"));
        assert_ne!(first, names("a", "http://localhost:3000/app"));
        assert_ne!(names("a", "https://example.com/app"), names("a", "https://example.com/other"));
        assert_eq!(names("a", "https://example.com/app"), names("a", "https://example.com/app/"));
    }

    #[test]
    fn over_tls_the_browser_binds_the_cookie_to_the_host() {
        let names = names("a", "https://app.example");
        assert!(
            names.session(CookiePlacement::FirstParty).starts_with("__Host-")
                && names.session(CookiePlacement::Partitioned).starts_with("__Host-")
        );
        assert_ne!(names.session(CookiePlacement::FirstParty), names.session(CookiePlacement::Partitioned));
        assert!(names.sign_in().starts_with("__Host-") && names.farewell().starts_with("__Host-"));
        assert!(names.is_secure);
    }

    #[test]
    fn a_cookie_is_found_among_others_and_in_a_second_header() {
        let find = |headers: &[&'static str]| {
            super::find(headers.iter().map(|header| header.as_bytes()), "n")
                .map(|value| std::str::from_utf8(value).unwrap())
        };
        assert_eq!(find(&["a=1; n=2;b=3"]), Some("2"));
        assert_eq!(find(&["a=1", "n=2"]), Some("2"));
        assert_eq!(find(&["n=a=b"]), Some("a=b"));
        assert_eq!(find(&["nn=1; an=1", "n", ""]), None);
        assert_eq!(find(&["name=Zoë; n=1"]), Some("1"), "a cookie of others in another language");
        assert_eq!(find(&["n=1; n=1"]), Some("1"));
        assert_eq!(find(&["n=1; n=2"]), None, "which of the two is ours nobody can tell");
    }

    fn whole_of(header: &str) -> Option<String> {
        let whole = whole("n", |name| find([header.as_bytes()].into_iter(), name))?;
        Some(String::from_utf8(whole.into_owned()).unwrap())
    }

    #[test]
    fn a_long_value_travels_in_pieces_that_browsers_keep() {
        for length in [1, 3798, 3799, 3800, 5000, 8000, 11_000] {
            let value = "v".repeat(length - 1) + "w";
            let pieces = pieces("n", &value);
            assert!(pieces.iter().all(|(name, value)| name.len() + 1 + value.len() <= PIECE_LIMIT), "{length}");
            let total: usize = pieces.iter().map(|(name, value)| name.len() + 1 + value.len()).sum();
            assert_eq!(total, length_in_pieces("n", length), "{length}");
            let header = pieces.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ");
            assert_eq!(whole_of(&header).as_deref(), Some(value.as_str()), "{length}");
        }
    }

    #[test]
    fn a_value_whose_pieces_are_not_all_there_is_none() {
        for header in ["n=2~a", "n=3~a; n.1=b", "n=1~a", "n=9~a; n.1=b", "n=x~a; n.1=b", "n.1=b"] {
            assert_eq!(whole_of(header), None, "{header}");
        }
        assert_eq!(whole_of("n=2~a; n.1=b").as_deref(), Some("ab"));
        assert_eq!(whole_of("n=a; n.1=b").as_deref(), Some("a"), "a piece left over");
    }

    #[test]
    fn pieces_that_a_shorter_value_leaves_behind_are_found() {
        let header = "n=2~a; n.1=b; n.2=c; n.7=d; m.1=e";
        assert_eq!(further_pieces(|| [header.as_bytes()].into_iter(), "n", 2), ["n.2"]);
        assert_eq!(further_pieces(|| [header.as_bytes()].into_iter(), "n", 0), ["n.1", "n.2"]);
    }

    #[test]
    fn an_answer_deletes_a_few_cookies_however_many_a_request_names() {
        let ours = names("a", "https://app.example");
        let name = ours.session(CookiePlacement::FirstParty);
        let pieces: Vec<String> = (0..16_000).map(|number| format!("{name}.{:0>6}=; {name}.2=", number % 4)).collect();
        let header = pieces.join("; ");
        let further = further_pieces(|| [header.as_bytes()].into_iter(), name, 1);
        assert_eq!(further, [format!("{name}.2")]);
    }
}
