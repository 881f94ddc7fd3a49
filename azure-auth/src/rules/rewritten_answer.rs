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

/// Judges by the two statuses. Code that rewrites every error makes a 200 or a 500 of a redirect, and does not know what it
/// lost; nobody answers 401 by accident in the place of a redirect to the sign-in.
pub(crate) fn amends(refused: u16, answered: u16) -> Amends {
    match (refused, answered) {
        _ if refused == answered => Amends::Headers,
        (300..=399, 401) => Amends::None,
        _ => Amends::StatusAndHeaders,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_that_is_not_the_refusals_was_rewritten() {
        use Amends::{Headers, None, StatusAndHeaders};
        for (refused, answered, expected) in [
            (302, 302, Headers),
            (401, 401, Headers),
            (403, 403, Headers),
            (302, 401, None),
            (302, 200, StatusAndHeaders),
            (302, 303, StatusAndHeaders),
            (302, 403, StatusAndHeaders),
            (302, 500, StatusAndHeaders),
            (401, 200, StatusAndHeaders),
            (401, 302, StatusAndHeaders),
            (401, 500, StatusAndHeaders),
            (403, 200, StatusAndHeaders),
            (403, 401, StatusAndHeaders),
            (403, 404, StatusAndHeaders),
            (503, 500, StatusAndHeaders),
        ] {
            assert_eq!(amends(refused, answered), expected, "{refused} became {answered}");
        }
    }
}
