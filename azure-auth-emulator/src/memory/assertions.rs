//! Which assertions of clients were presented.

use std::collections::HashMap;
use std::sync::Mutex;

use super::lock;

/// Assertions by client id and `jti`.
#[derive(Debug, Default)]
pub(crate) struct Assertions(Mutex<HashMap<(String, String), String>>);

impl Assertions {
    /// Remembers an assertion. Not if another one has the same `jti`: a client may present one assertion until it ends, and
    /// needs a new `jti` for the next.
    pub(crate) fn note(&self, client_id: &str, jti: &str, assertion: &str) -> bool {
        let mut presented = lock(&self.0);
        let first = presented.entry((client_id.to_owned(), jti.to_owned())).or_insert_with(|| assertion.to_owned());
        first == assertion
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_assertion_may_come_again_and_another_one_with_its_jti_may_not() {
        let assertions = Assertions::default();
        for (client_id, jti, assertion, expected) in [
            ("desk", "1", "a", true),
            ("desk", "1", "a", true),
            ("desk", "1", "b", false),
            ("desk", "1", "a", true),
            ("desk", "2", "b", true),
            ("shop", "1", "c", true),
        ] {
            assert_eq!(assertions.note(client_id, jti, assertion), expected, "{client_id} {jti} {assertion}");
        }
    }
}
