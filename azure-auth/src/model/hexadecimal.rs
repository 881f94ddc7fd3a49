//! Hexadecimal digits of either case, as sessions and ids are written with.

/// Marks a byte that is not a digit.
const NONE: u8 = 0x10;

/// The value of every byte.
const DIGITS: [u8; 256] = {
    let mut digits = [NONE; 256];
    let mut value = 0;
    while value < 16 {
        digits[b"0123456789abcdef"[value as usize] as usize] = value;
        digits[b"0123456789ABCDEF"[value as usize] as usize] = value;
        value += 1;
    }
    digits
};

/// The number that 16 digits at most are.
pub(crate) fn number(digits: &[u8]) -> Option<u64> {
    let (mut number, mut found) = (0_u64, 0);
    for byte in digits {
        let digit = DIGITS[usize::from(*byte)];
        found |= digit;
        number = number << 4 | u64::from(digit & 0xf);
    }
    (found & NONE == 0 && digits.len() <= 16).then_some(number)
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
