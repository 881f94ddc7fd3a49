//! Ids of tenants, people, groups and applications.

/// The tenant of all personal Microsoft accounts.
pub(crate) const CONSUMERS: &str = "9188040d-6c67-4c5b-b112-36a304b66dad";

/// A GUID that depends on the text alone.
pub(crate) fn invented_id(text: &str) -> String {
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, text.as_bytes());
    let number = digest.as_ref()[..16].iter().fold(0_u128, |number, byte| number << 8 | u128::from(*byte));
    let hex = format!("{number:032x}");
    format!("{}-{}-4{}-8{}-{}", &hex[..8], &hex[8..12], &hex[13..16], &hex[17..20], &hex[20..])
}

/// 8, 4, 4, 4 and 12 hexadecimal digits.
pub(crate) fn is_id(text: &str) -> bool {
    let groups: Vec<&str> = text.split('-').collect();
    let are_digits = text.bytes().all(|byte| byte == b'-' || byte.is_ascii_hexdigit());
    are_digits && groups.iter().map(|group| group.len()).eq([8, 4, 4, 4, 12])
}
