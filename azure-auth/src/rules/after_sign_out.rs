//! Where to go after a sign-out, as the browser keeps it meanwhile.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::return_to::return_to;

/// The value of the cookie; `None` where nothing need be remembered.
pub(crate) fn remember(wanted: &str) -> Option<String> {
    let path = return_to(wanted);
    (path != "/" || wanted == "/").then(|| URL_SAFE_NO_PAD.encode(path))
}

/// A path of our own from such a cookie. Anybody on this machine may have set it where there is no TLS, so it is judged
/// again.
pub(crate) fn read(value: &str) -> Option<String> {
    let bytes = URL_SAFE_NO_PAD.decode(value).ok()?;
    let path = std::str::from_utf8(&bytes).ok()?;
    remember(path).map(|_| path.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_of_our_own_comes_back_and_nothing_else_does() {
        for path in ["/", "/bye", "/bye?a=1;b=\"2\""] {
            assert_eq!(read(&remember(path).unwrap()).as_deref(), Some(path));
        }
        for other in ["", "//evil.example", "https://evil.example/", "/\\evil.example"] {
            assert_eq!(remember(other), None, "{other}");
            assert_eq!(read(&URL_SAFE_NO_PAD.encode(other)), None, "{other}");
        }
        for value in ["=", "é", "L2J5ZQ==", "_w"] {
            assert_eq!(read(value), None, "{value}");
        }
    }
}
