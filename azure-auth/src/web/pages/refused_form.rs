//! How a refusal is put.

/// The kind of answer that whoever was refused understands: judged by what the browser says of the request
/// (`Sec-Fetch-Mode`, `Sec-Fetch-Dest`), and by `Accept` where it says nothing.
///
/// ```
/// use azure_auth::{Refused, RefusedForm};
///
/// /// Whether somebody looks at the answer.
/// fn has_a_reader(refused: &Refused) -> bool {
///     matches!(refused.form(), RefusedForm::Page | RefusedForm::Frame)
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RefusedForm {
    /// A person opened a page and is sent to sign in: 302, with the cookie of the attempt.
    Redirect,
    /// A person reads a page.
    Page,
    /// A person reads a page in a frame of another site. Its sign-in needs a window, which the library's script opens.
    Frame,
    /// A program gets `application/problem+json` (RFC 9457), and a challenge where one belongs (RFC 6750).
    Problem,
}
