//! Addresses and other texts in messages.

/// What was written in place of an address, as it may be shown: a user name or password in it is not ours to repeat, nor is
/// what a query holds; and what has no scheme may be anything.
pub(crate) fn shown(text: &str) -> Option<String> {
    if text.contains("://") { Some(shown_address(text)) } else { shown_word(text) }
}

fn shown_address(address: &str) -> String {
    // A password may have any of these letters, and all that is before the last `@` may be one.
    let (start, rest) = match (address.split_once("://"), address.rsplit_once('@')) {
        (Some((scheme, _)), Some((_, rest))) => (format!("{scheme}://…@"), rest),
        _ => (String::new(), address),
    };
    match rest.find(['?', '#']) {
        Some(end) => format!("{start}{}…", &rest[..=end]),
        None => start + rest,
    }
}

/// A text that may have been meant for another variable, if it is nothing that a secret can look like: words, or few
/// letters.
pub(crate) fn shown_word(text: &str) -> Option<String> {
    let is_wordy = |text: &str| text.split([' ', '-', '_', '.', '/']).all(|word| word.len() <= 20);
    let is_plain = !text.contains([':', '@', '?', '#', '=', '+', '~']);
    (is_plain && text.len() <= 80 && is_wordy(text)).then(|| text.to_owned())
}

/// The path of a file, unless the text looks like none.
pub(crate) fn shown_path(text: &str) -> Option<String> {
    let is_path = text.starts_with(['/', '.']) || text.contains(['.', '\\']);
    (is_path && !text.contains("://") && !text.contains('@')).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_is_before_an_at_sign_or_in_a_query_is_shown() {
        for (address, expected) in [
            ("https://app.example.com/a", "https://app.example.com/a"),
            ("https://me:word@app.example.com/a", "https://…@app.example.com/a"),
            ("https://me:wo?rd#@app.example.com/a", "https://…@app.example.com/a"),
            ("https://app.example.com/a?secret=word", "https://app.example.com/a?…"),
            ("https://app.example.com/a#word", "https://app.example.com/a#…"),
            ("https://me:word@app.example.com?x=word", "https://…@app.example.com?…"),
        ] {
            assert_eq!(shown(address).as_deref(), Some(expected), "{address}");
        }
    }

    #[test]
    fn paths_are_shown_and_what_is_none_is_not() {
        for (text, is_shown) in [
            ("/etc/ssl/company.pem", true),
            ("company.pem", true),
            ("C:\\company", true),
            ("https://me:word@app.example.com/a.pem", false),
            ("Q~k8Q~AbCdEfGhIjKlMnOpQrStUvWxYz01234567", false),
        ] {
            assert_eq!(shown_path(text).is_some(), is_shown, "{text}");
        }
    }

    #[test]
    fn words_are_shown_and_what_may_be_a_secret_is_not() {
        for (text, is_shown) in [
            ("yes", true),
            ("my-app", true),
            ("my application of tickets", true),
            ("/callback/of/mine", true),
            ("word@host", false),
            ("me:word@app.example.com", false),
            ("redis:word", false),
            ("Q~k8Q~AbCdEfGhIjKlMnOpQrStUvWxYz01234567", false),
            ("AbCdEfGhIjKlMnOpQrStUvWx", false),
        ] {
            assert_eq!(shown_word(text).is_some(), is_shown, "{text}");
        }
    }
}
