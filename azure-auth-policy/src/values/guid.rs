//! Directory ids.

use std::error::Error;
use std::fmt;
use std::str::FromStr;

use super::hexadecimal::{DIGITS, NOT_A_DIGIT};

/// The id of a tenant or of an object in it: 36 characters, `8-4-4-4-12` hexadecimal digits, printed in lower case.
///
/// ```
/// use azure_auth_policy::{Guid, GuidError};
///
/// let tenant: Guid = "33333333-CCCC-4DDD-8EEE-444444444444".parse()?;
/// assert_eq!(tenant.to_string(), "33333333-cccc-4ddd-8eee-444444444444");
/// # Ok::<(), GuidError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Guid(u128);

/// The text is not a directory id.
///
/// ```
/// use azure_auth_policy::{Guid, GuidError};
///
/// assert_eq!("contoso.com".parse::<Guid>(), Err(GuidError));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GuidError;

impl Guid {
    /// The tenant of all personal Microsoft accounts.
    pub const CONSUMERS: Self = Self(0x9188_040d_6c67_4c5b_b112_36a3_04b6_6dad);

    /// The id whose 32 hexadecimal digits are this number.
    ///
    /// ```
    /// use azure_auth_policy::Guid;
    ///
    /// const CONTOSO: Guid = Guid::from_u128(0x33333333_cccc_4ddd_8eee_444444444444);
    /// assert_eq!(CONTOSO.to_string(), "33333333-cccc-4ddd-8eee-444444444444");
    /// ```
    #[must_use]
    pub const fn from_u128(number: u128) -> Self {
        Self(number)
    }

    /// The number that its 32 hexadecimal digits are.
    #[must_use]
    pub const fn to_u128(self) -> u128 {
        self.0
    }

    /// Its 16 bytes in the order in which they are written.
    #[must_use]
    pub const fn to_bytes(self) -> [u8; 16] {
        self.0.to_be_bytes()
    }

    /// The id behind its written form, in constant evaluation as well; `None` for any other text.
    ///
    /// ```
    /// use azure_auth_policy::Guid;
    ///
    /// const STAFF: Option<Guid> = Guid::parse("00000000-0000-0000-0000-00000000000F");
    /// assert_eq!(STAFF, Some(Guid::from_u128(15)));
    /// ```
    #[must_use]
    pub const fn parse(text: &str) -> Option<Self> {
        let Some(bytes) = text.as_bytes().first_chunk::<LENGTH>() else { return None };
        let has_dashes = bytes[8] == b'-' && bytes[13] == b'-' && bytes[18] == b'-' && bytes[23] == b'-';
        if text.len() != LENGTH || !has_dashes {
            return None;
        }
        // Two halves: numbers of 128 bits are slow to shift.
        let mut found = 0;
        let high = digits(bytes, 0, 8, &mut found) << 32
            | digits(bytes, 9, 13, &mut found) << 16
            | digits(bytes, 14, 18, &mut found);
        let low = digits(bytes, 19, 23, &mut found) << 48 | digits(bytes, 24, LENGTH, &mut found);
        if found & NOT_A_DIGIT == 0 { Some(Self((high as u128) << 64 | low as u128)) } else { None }
    }
}

/// The number that some of the characters are as digits. `found` gathers the marks of those that are not digits.
const fn digits(bytes: &[u8; LENGTH], mut place: usize, end: usize, found: &mut u8) -> u64 {
    let mut number = 0;
    while place < end {
        let digit = DIGITS[bytes[place] as usize];
        *found |= digit;
        number = number << 4 | (digit & 0xf) as u64;
        place += 1;
    }
    number
}

/// Characters of the written form.
const LENGTH: usize = 36;

impl FromStr for Guid {
    type Err = GuidError;

    fn from_str(text: &str) -> Result<Self, GuidError> {
        Self::parse(text).ok_or(GuidError)
    }
}

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

impl fmt::Display for GuidError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("not a directory id; expected 32 hexadecimal digits in groups of 8-4-4-4-12")
    }
}

impl Error for GuidError {}

#[cfg(feature = "serde")]
impl serde::Serialize for Guid {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(feature = "serde")]
impl<'de> serde::Deserialize<'de> for Guid {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;

        impl serde::de::Visitor<'_> for Text {
            type Value = Guid;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a directory id")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Guid, E> {
                text.parse().map_err(E::custom)
            }
        }

        deserializer.deserialize_str(Text)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

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
            "+188040d-6c67-4c5b-b112-36a304b66dad",
            "é188040d-6c67-4c5b-b112-36a304b66da",
        ] {
            assert_eq!(text.parse::<Guid>(), Err(GuidError), "{text}");
        }
    }

    proptest! {
        #[test]
        fn an_id_is_read_as_it_is_written(number in any::<u128>()) {
            let id = Guid::from_u128(number);
            prop_assert_eq!(id.to_string().parse(), Ok(id));
            prop_assert_eq!(id.to_string().to_uppercase().parse(), Ok(id));
        }

        #[test]
        fn no_text_makes_it_panic(text in any::<String>()) {
            if let Some(id) = Guid::parse(&text) {
                prop_assert_eq!(id.to_string(), text.to_lowercase());
            }
        }
    }
}
