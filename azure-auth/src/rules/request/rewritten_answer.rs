//! What becomes of an answer that an application gave in the place of a refusal?

/// What the layer does about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Amends {
    /// The answer is the application's decision.
    None,
    /// The status is the refusal's; headers that were lost come back.
    Headers,
    /// Status and headers come back. The body stays the application's if it has one.
    StatusAndHeaders,
}

/// Judges by the two statuses. `was_taken`: the application looked at the refusal and decided. Code that rewrites every error
/// makes a 200 or a 500 of it, and does not know what it loses.
pub(crate) fn amends(refused: u16, answered: u16, was_taken: bool) -> Amends {
    match (refused == answered, was_taken) {
        (true, _) => Amends::Headers,
        (false, true) => Amends::None,
        (false, false) => Amends::StatusAndHeaders,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_that_is_not_the_refusals_was_rewritten_or_decided_on() {
        use Amends::{Headers, None, StatusAndHeaders};
        for status in [302, 401, 403, 421, 503] {
            for was_taken in [false, true] {
                assert_eq!(amends(status, status, was_taken), Headers, "{status}");
            }
            for answered in [200, 303, 404, 418, 500] {
                assert_eq!(amends(status, answered, false), StatusAndHeaders, "{status} became {answered}");
                assert_eq!(amends(status, answered, true), None, "{status} became {answered}");
            }
        }
    }
}
