//! Which language and which kind of answer does the sender of a request like best?

/// No tag is longer (RFC 5646 §4.4.1), and whoever writes pages compares it with a few of their own.
const LENGTH_LIMIT: usize = 35;

/// The tag that an `Accept-Language` header likes best (RFC 9110 §12.5.4), as it is written there, such as `de-CH`. Of
/// several equal ones the first.
///
/// It is made of letters, digits and hyphens, or it is left out: it goes into the HTML of applications.
pub(crate) fn language(accept_language: &str) -> Option<&str> {
    let mut best: Option<(&str, u16)> = None;
    for range in accept_language.split(',') {
        let mut parts = range.split(';').map(str::trim);
        let Some(tag) = parts.next().filter(|tag| is_tag(tag)) else { continue };
        let Some(weight) = parts.next().map_or(Some(1000), weight) else { continue };
        if weight > best.map_or(0, |(_, weight)| weight) {
            best = Some((tag, weight));
        }
    }
    best.map(|(tag, _)| tag)
}

/// Whether an `Accept` header names JSON. `*/*`, which every script sends, does not.
pub(crate) fn accepts_json(accept: &str) -> bool {
    let kind =
        |range: &str| range.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"));
    accept.split(',').any(kind)
}

/// `q=0.8`, in thousandths (RFC 9110 §12.4.2).
fn weight(parameter: &str) -> Option<u16> {
    let (name, value) = parameter.split_once('=')?;
    let (whole, thousandths) = value.split_once('.').unwrap_or((value, ""));
    let are_digits = thousandths.len() <= 3 && thousandths.bytes().all(|byte| byte.is_ascii_digit());
    if !name.eq_ignore_ascii_case("q") || !are_digits {
        return None;
    }
    match (whole, format!("{thousandths:0<3}").parse()) {
        ("0", Ok(thousandths)) => Some(thousandths),
        ("1", Ok(0)) => Some(1000),
        _ => None,
    }
}

fn is_tag(tag: &str) -> bool {
    let is_part = |part: &str| (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
    tag.len() <= LENGTH_LIMIT
        && tag.as_bytes().first().is_some_and(u8::is_ascii_alphabetic)
        && tag.split('-').all(is_part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_that_a_browser_likes_best_is_taken_as_it_stands() {
        for (header, expected) in [
            ("de", Some("de")),
            ("de-CH, fr;q=0.8, en;q=0.7", Some("de-CH")),
            ("en;q=0.7, fr;q=0.8", Some("fr")),
            ("en;q=0.5,pt-BR", Some("pt-BR")),
            ("fr;q=0.9,en;q=0.9", Some("fr")),
            ("fr ; q=0.3 , en ;q=0.31", Some("en")),
            ("zh-Hant-TW;Q=1.000", Some("zh-Hant-TW")),
            ("*", None),
            ("*, en;q=0.1", Some("en")),
            ("en;q=0", None),
            ("", None),
            (",;q=1,", None),
        ] {
            assert_eq!(language(header), expected, "{header:?}");
        }
    }

    #[test]
    fn only_who_asks_for_json_gets_it() {
        for (accept, expected) in [
            ("application/json", true),
            ("text/plain, Application/JSON;q=0.9", true),
            ("*/*", false),
            ("application/*", false),
            ("application/problem+json", false),
            ("text/html,*/*;q=0.8", false),
            ("", false),
        ] {
            assert_eq!(accepts_json(accept), expected, "{accept}");
        }
    }

    #[test]
    fn what_is_no_tag_is_passed_over_and_never_reaches_a_page() {
        for header in [
            "<script>",
            "en\"onload=x",
            "de_CH",
            "-de",
            "de-",
            "de--CH",
            "1de",
            "abcdefghi",
            "é",
            "de;level=1",
            "de;q=2",
            "de;q=1.5",
            "de;q=0.1234",
            "de;q=0.+1",
            "de;q=",
            "de;q",
            "a-bbbbbbbb-cccccccc-dddddddd-eeeeeeee",
        ] {
            assert_eq!(language(header), None, "{header:?}");
            assert_eq!(language(&format!("{header},en;q=0.001")), Some("en"), "{header:?}");
        }
    }
}
