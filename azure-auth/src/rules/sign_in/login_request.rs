//! What the address of `/login` asks for, and what it may ask for.

use std::borrow::Cow;

use url::form_urlencoded;

use crate::model::sessions::prompt::Prompt;

/// Bytes of a hint: a user name, or the `login_hint` claim of an ID token.
const HINT_LIMIT: usize = 512;

/// As many unknown parameters are named.
const NAMED: usize = 8;

/// Longer names are not.
const NAME_LIMIT: usize = 32;

/// What a sign-in asks the provider for, beside the sign-in itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Wishes {
    pub(crate) prompt: Option<Prompt>,
    pub(crate) login_hint: Option<String>,
    pub(crate) domain_hint: Option<String>,
    /// What tokens must be issued with (OpenID Connect Core 1.0 §5.5), as JSON.
    pub(crate) claims: Option<String>,
}

/// What a query of `/login` asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LoginRequest {
    /// As it is written; where people may be sent back to depends on the address in use.
    pub(crate) return_to: String,
    pub(crate) wishes: Wishes,
    /// What a session was given to ask its person for, sealed.
    pub(crate) access: Option<String>,
    /// Names of parameters that are not followed. Never their values.
    pub(crate) ignored: Vec<String>,
}

/// Reads a query. `is_own`: one of our own pages or the address bar asks. Another site's link may bring people here, but may
/// not choose what they are asked or who they are taken for.
pub(crate) fn read(query: &str, is_own: bool) -> LoginRequest {
    let (mut first_return_to, mut access) = (None, None);
    let (mut prompts, mut hints, mut ignored) = (Vec::new(), Vec::new(), Vec::new());
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        match &*name {
            "return_to" if first_return_to.is_none() => first_return_to = Some(value),
            "access" => access = Some(value.into_owned()),
            "prompt" => prompts.push(value),
            "login_hint" => hints.push(value),
            // What windows of frames are opened with.
            "display" | "challenge" => {}
            _ if ignored.len() < NAMED => ignored.push(printable(&name)),
            _ => {}
        }
    }
    let wishes = Wishes {
        prompt: only(&prompts).filter(|_| is_own).and_then(Prompt::parse),
        login_hint: only(&hints).filter(|_| is_own).and_then(login_hint),
        domain_hint: None,
        claims: None,
    };
    if wishes.prompt.is_none() && !prompts.is_empty() {
        ignored.push("prompt".to_owned());
    }
    if wishes.login_hint.is_none() && !hints.is_empty() {
        ignored.push("login_hint".to_owned());
    }
    LoginRequest { return_to: first_return_to.map(Cow::into_owned).unwrap_or_default(), wishes, access, ignored }
}

/// Whether our own pages or the address bar ask, by `Sec-Fetch-Site`. What a browser does not say it does not prove.
pub(crate) fn is_own(fetch_site: Option<&str>) -> bool {
    matches!(fetch_site, Some("same-origin" | "none"))
}

/// A hint at a person, where it can be one: a line of text that is not too long.
pub(crate) fn login_hint(hint: &str) -> Option<String> {
    let is_hint = !hint.is_empty() && hint.len() <= HINT_LIMIT && !hint.chars().any(char::is_control);
    is_hint.then(|| hint.to_owned())
}

/// A hint at a domain, where it can be one: a host name, `organizations` or `consumers`.
pub(crate) fn domain_hint(hint: &str) -> Option<String> {
    let label = |label: &str| {
        (1..=63).contains(&label.len()) && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    (hint.len() <= 253 && hint.split('.').all(label)).then(|| hint.to_owned())
}

/// One that is given once. Which of two counts nobody can tell.
fn only<T: AsRef<str>>(values: &[T]) -> Option<&str> {
    match values {
        [only] => Some(only.as_ref()),
        _ => None,
    }
}

/// A name that somebody wrote into an address, as far as a log may have it.
fn printable(name: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    let is_name = !name.is_empty() && name.len() <= NAME_LIMIT && name.bytes().all(is_plain);
    if is_name { name.to_owned() } else { "(no plain name)".to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wishes(prompt: Option<Prompt>, login_hint: Option<&str>) -> Wishes {
        Wishes { prompt, login_hint: login_hint.map(ToOwned::to_owned), domain_hint: None, claims: None }
    }

    #[test]
    fn our_own_pages_ask_for_a_prompt_and_a_person() {
        for (query, expected) in [
            ("", wishes(None, None)),
            ("prompt=select_account", wishes(Some(Prompt::SelectAccount), None)),
            ("prompt=SELECT_ACCOUNT", wishes(Some(Prompt::SelectAccount), None)),
            ("prompt=Login", wishes(Some(Prompt::Login), None)),
            ("prompt=none&login_hint=adele%40contoso.test", wishes(Some(Prompt::None), Some("adele@contoso.test"))),
            ("login_hint=O.CiQ1", wishes(None, Some("O.CiQ1"))),
        ] {
            let request = read(query, true);
            assert_eq!((request.wishes, request.ignored.len()), (expected, 0), "{query}");
            let foreign = read(query, false);
            let named: Vec<&str> = foreign.ignored.iter().map(String::as_str).collect();
            let asked: Vec<&str> = ["prompt", "login_hint"].into_iter().filter(|name| query.contains(name)).collect();
            assert_eq!((foreign.wishes, named), (Wishes::default(), asked), "{query} of a foreign link");
        }
    }

    #[test]
    fn what_cannot_be_followed_is_named_and_its_value_is_not() {
        let long = format!("login_hint={}", "a".repeat(513));
        for (query, named) in [
            ("prompt=consent", "prompt"),
            ("prompt=create", "prompt"),
            ("prompt=none+login", "prompt"),
            ("prompt=", "prompt"),
            ("prompt=none&prompt=none", "prompt"),
            ("login_hint=", "login_hint"),
            ("login_hint=a%0d%0ab", "login_hint"),
            ("login_hint=a%c2%85b", "login_hint"),
            ("login_hint=a&login_hint=b", "login_hint"),
            (long.as_str(), "login_hint"),
            ("domain_hint=contoso.com", "domain_hint"),
            ("returnto=/secret", "returnto"),
            ("a%20b=1", "(no plain name)"),
            ("%1b%5b31m=1", "(no plain name)"),
            ("return_to=/a&return_to=/secret", "return_to"),
        ] {
            let request = read(query, true);
            assert_eq!((request.wishes, request.ignored), (Wishes::default(), vec![named.to_owned()]), "{query}");
        }
        let many: Vec<String> = (0..1000).map(|number| format!("p{number}=1")).collect();
        assert_eq!(read(&many.join("&"), true).ignored.len(), 8);
    }

    #[test]
    fn the_way_back_is_the_first_that_is_named_whoever_asks() {
        for is_own in [true, false] {
            assert_eq!(read("return_to=/me%3Ftab%3D1&return_to=/other", is_own).return_to, "/me?tab=1");
            assert_eq!(read("", is_own).return_to, "");
        }
    }

    #[test]
    fn the_address_bar_and_our_own_pages_are_told_from_everyone_else() {
        for (fetch_site, expected) in [
            (Some("same-origin"), true),
            (Some("none"), true),
            (Some("same-site"), false),
            (Some("cross-site"), false),
            (Some("Same-Origin"), false),
            (Some(""), false),
            (None, false),
        ] {
            assert_eq!(is_own(fetch_site), expected, "{fetch_site:?}");
        }
    }

    #[test]
    fn a_hint_at_a_domain_is_a_name_of_one() {
        let long = format!("{}.test", "a".repeat(64));
        for (hint, is_one) in [
            ("contoso.com", true),
            ("organizations", true),
            ("consumers", true),
            ("xn--bcher-kva.example", true),
            ("", false),
            ("a..b", false),
            ("contoso.com/path", false),
            ("contoso.com\r\n", false),
            ("a b", false),
            ("bücher.example", false),
            (&long, false),
        ] {
            assert_eq!(domain_hint(hint).is_some(), is_one, "{hint:?}");
        }
    }
}
