//! Directory ids.

use std::fmt;
use std::ops::Range;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use thiserror::Error;

use super::hexadecimal;

/// The id of a tenant or of an object in it: 36 characters, `8-4-4-4-12` hexadecimal digits, printed in lower case.
///
/// ```
/// let tenant: azure_auth::Guid = "33333333-CCCC-4DDD-8EEE-444444444444".parse()?;
/// assert_eq!(tenant.to_string(), "33333333-cccc-4ddd-8eee-444444444444");
/// # Ok::<(), azure_auth::GuidError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Guid(u128);

/// The text is not a directory id.
///
/// ```
/// use azure_auth::{Guid, GuidError};
///
/// assert_eq!("contoso.com".parse::<Guid>(), Err(GuidError));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("not a directory id; expected 32 hexadecimal digits in groups of 8-4-4-4-12")]
pub struct GuidError;

impl Guid {
    /// The tenant of all personal Microsoft accounts.
    pub(crate) const CONSUMERS: Self = Self(0x9188_040d_6c67_4c5b_b112_36a3_04b6_6dad);

    /// The id whose 32 hexadecimal digits are this number.
    ///
    /// ```
    /// use azure_auth::Guid;
    ///
    /// const CONTOSO: Guid = Guid::from_u128(0x33333333_cccc_4ddd_8eee_444444444444);
    /// assert_eq!(CONTOSO.to_string(), "33333333-cccc-4ddd-8eee-444444444444");
    /// ```
    #[must_use]
    pub const fn from_u128(number: u128) -> Self {
        Self(number)
    }

    pub(crate) const fn to_u128(self) -> u128 {
        self.0
    }

    pub(crate) fn to_bytes(self) -> [u8; 16] {
        self.0.to_be_bytes()
    }
}

impl FromStr for Guid {
    type Err = GuidError;

    fn from_str(text: &str) -> Result<Self, GuidError> {
        let bytes: &[u8; 36] = text.as_bytes().try_into().map_err(|_| GuidError)?;
        let mut value = 0_u128;
        for group in GROUPS {
            if group.start > 0 && bytes[group.start - 1] != b'-' {
                return Err(GuidError);
            }
            let part = hexadecimal::number(&bytes[group.clone()]).ok_or(GuidError)?;
            value = value << (4 * group.len()) | u128::from(part);
        }
        Ok(Self(value))
    }
}

/// Where the digits are; a dash comes before each group but the first.
const GROUPS: [Range<usize>; 5] = [0..8, 9..13, 14..18, 19..23, 24..36];

impl fmt::Display for Guid {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = self.0;
        write!(
            formatter,
            "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
            value >> 96,
            value >> 80 & 0xffff,
            value >> 64 & 0xffff,
            value >> 48 & 0xffff,
            value & 0xffff_ffff_ffff
        )
    }
}

impl fmt::Debug for Guid {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

impl Serialize for Guid {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Guid {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_id_reads_in_any_case_and_prints_in_lower_case() {
        let text = "9188040D-6c67-4C5B-b112-36a304b66dad";
        assert_eq!(text.parse(), Ok(Guid::CONSUMERS));
        assert_eq!(Guid::CONSUMERS.to_string(), text.to_lowercase());
    }

    #[test]
    fn anything_else_is_no_directory_id() {
        for text in [
            "",
            "common",
            "contoso.onmicrosoft.com",
            "9188040d6c674c5bb11236a304b66dad",
            "{9188040d-6c67-4c5b-b112-36a304b66dad}",
            "9188040d-6c67-4c5b-b112-36a304b66da",
            "9188040d-6c67-4c5b-b112-36a304b66dadd",
            "9188040d-6c67-4c5b-b112-36a304b66dag",
            "9188040d-6c67-4c5bb-112-36a304b66dad",
            "9188040d 6c67 4c5b b112 36a304b66dad",
            "é188040d-6c67-4c5b-b112-36a304b66da",
        ] {
            assert_eq!(text.parse::<Guid>(), Err(GuidError), "{text}");
        }
    }
}
