//! Hexadecimal digits of either case, as sessions and ids are written with.

use azure_auth_policy::hexadecimal::{DIGITS, NOT_A_DIGIT};

/// The number that 16 digits at most are.
pub(crate) fn number(digits: &[u8]) -> Option<u64> {
    let (mut number, mut found) = (0_u64, 0);
    for byte in digits {
        let digit = DIGITS[usize::from(*byte)];
        found |= digit;
        number = number << 4 | u64::from(digit & 0xf);
    }
    (found & NOT_A_DIGIT == 0 && digits.len() <= 16).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_of_either_case_are_a_number_and_nothing_else_is() {
        for (text, expected) in [
            ("", Some(0)),
            ("0", Some(0)),
            ("aF", Some(0xaf)),
            ("0123456789abcdef", Some(0x0123_4567_89ab_cdef)),
            ("FFFFFFFFFFFFFFFF", Some(u64::MAX)),
            ("00000000000000000", None),
            ("g", None),
            ("1 ", None),
            ("+1", None),
            ("0x1", None),
            ("é", None),
        ] {
            assert_eq!(number(text.as_bytes()), expected, "{text:?}");
        }
        for byte in 0..=u8::MAX {
            let expected = char::from(byte).to_digit(16).map(u64::from);
            assert_eq!(number(&[byte]), expected, "{byte}");
        }
    }
}
