//! Hexadecimal digits of either case.

/// Marks a byte that is not a digit.
pub const NOT_A_DIGIT: u8 = 0x10;

/// The value of every byte as a digit.
///
/// ```
/// use azure_auth_policy::hexadecimal::{DIGITS, NOT_A_DIGIT};
///
/// assert_eq!((DIGITS[usize::from(b'f')], DIGITS[usize::from(b'F')], DIGITS[usize::from(b'-')]), (15, 15, NOT_A_DIGIT));
/// ```
pub const DIGITS: [u8; 256] = {
    let mut digits = [NOT_A_DIGIT; 256];
    let mut value = 0;
    while value < 16 {
        digits[b"0123456789abcdef"[value as usize] as usize] = value;
        digits[b"0123456789ABCDEF"[value as usize] as usize] = value;
        value += 1;
    }
    digits
};
