//! How the log names what does not say who may call it.

/// A request by its method and path, with what may be about somebody left out: addresses hold names and keys, and one path
/// of a router has as many as there are people.
pub(crate) fn named(method: &str, path: &str) -> String {
    let method = if is_word(method) { method } else { HIDDEN };
    let segments = path.split('/').skip(1).take(LONGEST).map(|segment| {
        let is_shown = segment.is_empty() || is_word(segment);
        if is_shown { segment } else { HIDDEN }
    });
    let further = if path.split('/').count() > LONGEST + 1 { "/…" } else { "" };
    segments.fold(format!("{method} "), |named, segment| named + "/" + segment) + further
}

/// In place of what is not shown.
const HIDDEN: &str = "…";

/// Segments.
const LONGEST: usize = 4;

/// Words of a program, as developers name paths: no digits, no capitals within, nothing long.
fn is_word(text: &str) -> bool {
    let is_letter = |byte: u8| byte.is_ascii_alphabetic() || matches!(byte, b'-' | b'_');
    !text.is_empty() && text.len() <= 24 && text.bytes().all(is_letter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_a_path_are_shown_and_what_may_be_a_name_or_a_key_is_not() {
        for (method, path, expected) in [
            ("GET", "/", "GET /"),
            ("GET", "/admin/users", "GET /admin/users"),
            ("POST", "/files/17", "POST /files/…"),
            ("GET", "/users/adele@contoso.example/mail", "GET /users/…/mail"),
            ("GET", "/t/eyJhbGciOiJSUzI1NiJ9", "GET /t/…"),
            ("GET", "/t/abcdefghijklmnopqrstuvwxyz", "GET /t/…"),
            ("GET", "/caf%C3%A9/", "GET /…/"),
            ("GET", "/a/b/c/d/e/f", "GET /a/b/c/d/…"),
            ("GET", "*", "GET "),
            ("G3T!", "/a", "… /a"),
        ] {
            assert_eq!(named(method, path), expected, "{path}");
        }
    }
}
