//! Directory ids: `8-4-4-4-12` hexadecimal digits.

/// The number behind an id; `None` for anything else.
pub(crate) fn parse(text: &str) -> Option<u128> {
    let is_id = text.len() == 36
        && text.bytes().enumerate().all(|(position, byte)| match position {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        });
    if is_id { u128::from_str_radix(&text.replace('-', ""), 16).ok() } else { None }
}

/// The written form, in lower case.
pub(crate) fn text(id: u128) -> String {
    let digits = format!("{id:032x}");
    [&digits[..8], &digits[8..12], &digits[12..16], &digits[16..20], &digits[20..]].join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_written_as_it_is_read() {
        let written = "0000000a-0b0c-4bbb-8ccc-22222222222f";
        assert_eq!(text(parse(written).unwrap()), written);
    }

    #[test]
    fn only_the_written_form_is_an_id() {
        assert_eq!(parse("00000000-0000-0000-0000-00000000000F"), Some(15));
        for text in ["", "contoso.com", "00000000000000000000000000000000000F", "{0000000-0000-0000-0000-00000000000F}"]
        {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
