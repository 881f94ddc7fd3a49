//! What the codes of Microsoft Entra ID mean, behind `AADSTS`.
//!
//! The texts are fixed. Where one needs a fact of the application it has a placeholder, which reads as a text as well.

mod people;
mod registration;
mod requests;

use super::explanation::Explanation;

/// The redirect URI that this application sends.
pub(crate) const REDIRECT_URI: &str = "<redirect URI>";
/// Where an administrator agrees to what this application asks for.
pub(crate) const CONSENT_ADDRESS: &str = "<consent address>";
/// `AZURE_CLIENT_ID`.
pub(crate) const CLIENT_ID: &str = "<client id>";
/// The tenant's address, as configured.
pub(crate) const AUTHORITY: &str = "<authority>";

/// Rows of codes that have cause and remedy in common. Each code gets an explanation of its own.
macro_rules! entra_codes {
    ($([$($code:literal)+] $status:literal, $responsible:ident, $sentence:literal, $cause:literal, $remedy:literal;)+) => {
        use crate::model::refusals::explanation::{Explanation, Responsible};

        /// Row by row, in the order of the documentation.
        #[cfg(test)]
        pub(super) const ROWS: &[&[u32]] = &[$(&[$($code),+]),+];

        pub(super) const fn find(code: u32) -> Option<&'static Explanation> {
            Some(match code {
                $($($code => &Explanation {
                    code: concat!("AADSTS", $code),
                    status: $status,
                    sentence: $sentence,
                    cause: $cause,
                    remedy: $remedy,
                    responsible: Responsible::$responsible,
                },)+)+
                _ => return None,
            })
        }
    };
}
use entra_codes;

/// What a number behind `AADSTS` means, if it is known here.
pub(crate) fn find(code: u32) -> Option<&'static Explanation> {
    people::find(code).or_else(|| registration::find(code)).or_else(|| requests::find(code))
}

/// The same for a code as it is written, such as `AADSTS50105`.
pub(crate) fn find_text(text: &str) -> Option<&'static Explanation> {
    let explanation = find(text.strip_prefix("AADSTS")?.parse().ok()?)?;
    // `AADSTS+50105` is a number as well, and not a code.
    (explanation.code == text).then_some(explanation)
}

#[cfg(test)]
#[path = "entra_codes_tests.rs"]
mod tests;

/// Every row, in the order of the documentation.
#[cfg(test)]
pub(crate) fn rows() -> impl Iterator<Item = &'static [u32]> {
    [people::ROWS, registration::ROWS, requests::ROWS].into_iter().flatten().copied()
}
