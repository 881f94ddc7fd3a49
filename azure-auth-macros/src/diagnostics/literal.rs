//! Where in the source is a byte of a string's value?

use std::ops::Range;

use proc_macro2::{Literal, Span};
use syn::LitStr;

/// A string literal, its value, and for every byte of the value plus one past the end its place in the source text.
pub(crate) struct LiteralText {
    token: Literal,
    value: String,
    offsets: Vec<usize>,
}

impl LiteralText {
    pub(crate) fn new(literal: &LitStr) -> Self {
        let (token, value) = (literal.token(), literal.value());
        let offsets = offsets(&token.to_string(), &value);
        Self { token, value, offsets }
    }

    pub(crate) fn value(&self) -> &str {
        &self.value
    }

    /// The narrowest span the compiler lets us name: the bytes themselves where sub-spans exist, the whole literal
    /// elsewhere.
    pub(crate) fn span_of(&self, bytes: Range<usize>) -> Span {
        let source = self.offsets[bytes.start]..self.offsets[bytes.end];
        self.token.subspan(source).unwrap_or_else(|| self.token.span())
    }

    /// The value with carets below some bytes, for compilers that underline the whole literal only.
    pub(crate) fn pointing_at(&self, bytes: Range<usize>) -> String {
        let shown: String = self.value.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
        let columns = |text: &str| text.chars().count();
        let before = " ".repeat(columns(&self.value[..bytes.start]));
        let carets = "^".repeat(columns(&self.value[bytes.clone()]).max(1));
        format!("\n  | {shown}\n  | {before}{carets} byte {}", bytes.start)
    }
}

/// Walks source text and value side by side: prefix and quote, escapes, line continuations.
fn offsets(source: &str, value: &str) -> Vec<usize> {
    let quote = source.find('"').map_or(0, |quote| quote + 1);
    let is_raw = source.starts_with('r');
    let mut place = quote;
    let mut offsets = Vec::with_capacity(value.len() + 1);
    for letter in value.chars() {
        if !is_raw {
            place += continuation(&source[place..]);
        }
        offsets.extend(std::iter::repeat_n(place, letter.len_utf8()));
        place += if is_raw { letter.len_utf8() } else { written(&source[place..], letter) };
    }
    offsets.push(place);
    offsets
}

/// The bytes of a line continuation at the start of `source`: a backslash, the end of the line and the white space after it.
fn continuation(source: &str) -> usize {
    let Some(rest) = source.strip_prefix("\\\n").or_else(|| source.strip_prefix("\\\r\n")) else { return 0 };
    source.len() - rest.trim_start_matches([' ', '\t', '\n', '\r']).len()
}

/// How many bytes of source the first letter takes: `\u{e9}` six, `\x41` four, `\n` two, any other its own length.
fn written(source: &str, letter: char) -> usize {
    match source.as_bytes() {
        [b'\\', b'u', ..] => source.find('}').map_or(source.len(), |end| end + 1),
        [b'\\', b'x', ..] => 4,
        [b'\\', ..] => 2,
        _ => letter.len_utf8(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The source text of every letter of the value.
    fn pieces(source: &str) -> Vec<String> {
        let literal: LitStr = syn::parse_str(source).unwrap();
        let value = literal.value();
        let offsets = offsets(source, &value);
        assert_eq!(offsets.len(), value.len() + 1);
        value
            .char_indices()
            .map(|(start, letter)| source[offsets[start]..offsets[start + letter.len_utf8()]].to_owned())
            .collect()
    }

    #[test]
    fn plain_and_raw_letters_mean_themselves() {
        assert_eq!(pieces(r#""aé""#), ["a", "é"]);
        assert_eq!(pieces(r##"r#"a"\n"#"##), ["a", "\"", "\\", "n"]);
    }

    #[test]
    fn an_escape_is_longer_than_what_it_means() {
        assert_eq!(pieces(r#""a\n\u{e9}\x41\"b""#), ["a", "\\n", "\\u{e9}", "\\x41", "\\\"", "b"]);
    }

    #[test]
    fn a_line_continuation_is_not_part_of_the_value() {
        assert_eq!(pieces("\"a \\\n   b\""), ["a", " \\\n   ", "b"]);
        let literal: LitStr = syn::parse_str("\"a \\\n   b\"").unwrap();
        assert_eq!(offsets("\"a \\\n   b\"", &literal.value()), [1, 2, 8, 9]);
    }

    #[test]
    fn carets_are_below_the_letters_meant() {
        let text = LiteralText::new(&syn::parse_str(r#""é bad""#).unwrap());
        assert_eq!(text.pointing_at(3..6), "\n  | é bad\n  |   ^^^ byte 3");
    }
}
