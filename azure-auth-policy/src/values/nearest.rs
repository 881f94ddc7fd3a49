//! Did you mean …?

/// The candidate that `word` is most likely a typo of: at most two letters changed, added, dropped or swapped, and
/// fewer than half of it.
///
/// ```
/// use azure_auth_policy::nearest;
///
/// assert_eq!(nearest("socpes", ["scopes", "tenants"]), Some("scopes"));
/// assert_eq!(nearest("roles", ["scopes", "tenants"]), None);
/// ```
pub fn nearest<'c>(word: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    let scored = candidates.into_iter().map(|candidate| (distance(word, candidate), candidate));
    let (distance, candidate) = scored.min_by_key(|(distance, _)| *distance)?;
    (distance <= 2 && distance * 2 < candidate.chars().count()).then_some(candidate)
}

/// The number of single-letter edits between two words, case ignored (optimal string alignment).
fn distance(from: &str, to: &str) -> usize {
    let letters = |text: &str| text.chars().map(|letter| letter.to_ascii_lowercase()).collect::<Vec<_>>();
    let (from, to) = (letters(from), letters(to));
    let mut before_last = Vec::new();
    let mut last: Vec<usize> = (0..=to.len()).collect();
    for (row, letter) in from.iter().enumerate() {
        let mut current = vec![row + 1];
        for (column, other) in to.iter().enumerate() {
            let changed = last[column] + usize::from(letter != other);
            let mut cheapest = changed.min(last[column + 1] + 1).min(current[column] + 1);
            let is_swap = row > 0 && column > 0 && from[row - 1] == *other && to[column - 1] == *letter;
            if is_swap {
                let swapped: &Vec<usize> = &before_last;
                cheapest = cheapest.min(swapped[column - 1] + 1);
            }
            current.push(cheapest);
        }
        before_last = std::mem::replace(&mut last, current);
    }
    last[to.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEYS: [&str; 3] = ["scopes", "tenants", "via"];

    #[test]
    fn a_typo_finds_its_word() {
        for (word, expected) in [
            ("scope", "scopes"),
            ("socpes", "scopes"),
            ("Scopes", "scopes"),
            ("tenant", "tenants"),
            ("tenatns", "tenants"),
            ("vai", "via"),
        ] {
            assert_eq!(nearest(word, KEYS), Some(expected), "{word}");
        }
    }

    #[test]
    fn a_different_word_finds_nothing() {
        for word in ["roles", "x", "", "authority", "sc"] {
            assert_eq!(nearest(word, KEYS), None, "{word}");
        }
    }
}
