//! `==` of texts and ids, which constant evaluation does not have.

use crate::values::guid::Guid;

/// Whether two texts are the same, in constant evaluation as well.
///
/// ```
/// use azure_auth_policy::is_same;
///
/// const IS_SAME: bool = is_same("Mail.Read", "Mail.Read") && !is_same("Mail.Read", "Mail");
/// assert!(IS_SAME);
/// ```
#[must_use]
pub const fn is_same(one: &str, other: &str) -> bool {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    let mut place = 0;
    while place < one.len() && place < other.len() && one[place] == other[place] {
        place += 1;
    }
    one.len() == other.len() && place == one.len()
}

pub(crate) const fn is_same_id(one: Guid, other: Guid) -> bool {
    one.to_u128() == other.to_u128()
}
