//! The challenges of a `WWW-Authenticate` header, as RFC 9110 §11.6.1 writes them.

/// One challenge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Challenge<'h> {
    scheme: &'h [u8],
    /// In their order, and as often as they are there.
    parameters: Vec<(&'h [u8], Vec<u8>)>,
    /// What some schemes have in place of parameters follows the scheme.
    has_text: bool,
}

/// More are meant by nobody, and each is compared with all of them.
const MOST_PARAMETERS: usize = 64;

/// Reads a header, which may have several challenges. None: it cannot be read, and nothing in it is believed.
pub(crate) fn read(header: &[u8]) -> Option<Vec<Challenge<'_>>> {
    let mut reader = Reader { rest: header };
    let mut challenges: Vec<Challenge<'_>> = Vec::new();
    loop {
        reader.skip(|byte| is_blank(byte) || byte == b',');
        if reader.rest.is_empty() {
            return Some(challenges);
        }
        let word = reader.token()?;
        let is_apart = reader.skip(is_blank);
        if reader.rest.first() == Some(&b'=') {
            let value = reader.value()?;
            challenges.last_mut()?.add(word, value)?;
        } else {
            let mut challenge = Challenge { scheme: word, parameters: Vec::new(), has_text: false };
            if is_apart && !reader.is_at_end_of_element() {
                challenge.has_text = reader.token68().is_some();
                if !challenge.has_text {
                    let name = reader.token()?;
                    reader.skip(is_blank);
                    challenge.add(name, reader.value()?)?;
                }
            }
            challenges.push(challenge);
        }
        reader.skip(is_blank);
        if !reader.is_at_end_of_element() {
            return None;
        }
    }
}

impl<'h> Challenge<'h> {
    pub(crate) fn is_of(&self, scheme: &str) -> bool {
        self.scheme.eq_ignore_ascii_case(scheme.as_bytes())
    }

    /// The value of a parameter, whose name has no case.
    pub(crate) fn parameter(&self, name: &str) -> Option<&[u8]> {
        let found = self.parameters.iter().find(|(other, _)| other.eq_ignore_ascii_case(name.as_bytes()));
        found.map(|(_, value)| value.as_slice())
    }

    /// Whether each parameter is there once, as it must be (§11.2): readers differ in which of two counts.
    pub(crate) fn is_unambiguous(&self) -> bool {
        let is_first = |(at, (name, _)): (usize, &(&[u8], _))| {
            !self.parameters[..at].iter().any(|(other, _)| other.eq_ignore_ascii_case(name))
        };
        self.parameters.iter().enumerate().all(is_first)
    }

    fn add(&mut self, name: &'h [u8], value: Vec<u8>) -> Option<()> {
        let has_room = !self.has_text && self.parameters.len() < MOST_PARAMETERS;
        has_room.then(|| self.parameters.push((name, value)))
    }
}

struct Reader<'h> {
    rest: &'h [u8],
}

impl<'h> Reader<'h> {
    /// Passes over bytes; whether there were any.
    fn skip(&mut self, is_skipped: impl Fn(u8) -> bool) -> bool {
        !self.take_while(is_skipped).is_empty()
    }

    fn take_while(&mut self, is_taken: impl Fn(u8) -> bool) -> &'h [u8] {
        let end = self.rest.iter().position(|byte| !is_taken(*byte)).unwrap_or(self.rest.len());
        let (taken, rest) = self.rest.split_at(end);
        self.rest = rest;
        taken
    }

    fn is_at_end_of_element(&self) -> bool {
        matches!(self.rest.first(), None | Some(b','))
    }

    fn token(&mut self) -> Option<&'h [u8]> {
        let token = self.take_while(is_of_token);
        (!token.is_empty()).then_some(token)
    }

    /// What fills the rest of the element and is no parameter, such as the data of `Negotiate`.
    fn token68(&mut self) -> Option<()> {
        let mut ahead = Reader { rest: self.rest };
        let is_there = ahead.skip(|byte| byte.is_ascii_alphanumeric() || b"-._~+/".contains(&byte));
        ahead.skip(|byte| byte == b'=');
        ahead.skip(is_blank);
        (is_there && ahead.is_at_end_of_element()).then(|| self.rest = ahead.rest)
    }

    /// From the equals sign on.
    fn value(&mut self) -> Option<Vec<u8>> {
        self.rest = self.rest.strip_prefix(b"=")?;
        self.skip(is_blank);
        match self.rest.strip_prefix(b"\"") {
            Some(rest) => {
                self.rest = rest;
                self.quoted()
            }
            None => self.token().map(<[u8]>::to_vec),
        }
    }

    /// From behind the first quote on (RFC 9110 §5.6.4).
    fn quoted(&mut self) -> Option<Vec<u8>> {
        let mut value = Vec::new();
        loop {
            let (mut byte, mut rest) = self.rest.split_first()?;
            match byte {
                b'"' => {
                    self.rest = rest;
                    return Some(value);
                }
                b'\\' => (byte, rest) = rest.split_first()?,
                _ => {}
            }
            if byte.is_ascii_control() && *byte != b'\t' {
                return None;
            }
            value.push(*byte);
            self.rest = rest;
        }
    }
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t')
}

/// RFC 9110 §5.6.2.
fn is_of_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As `Scheme name=value …`, one after the other.
    fn shown(header: &[u8]) -> Option<String> {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let one = |challenge: &Challenge<'_>| {
            let parameters = challenge.parameters.iter();
            let parameters = parameters.map(|(name, value)| format!(" {}={}", text(name), text(value)));
            text(challenge.scheme) + &parameters.collect::<String>() + if challenge.has_text { " (text)" } else { "" }
        };
        Some(read(header)?.iter().map(one).collect::<Vec<_>>().join(" | "))
    }

    #[test]
    fn every_form_of_the_standard_is_read() {
        for (header, expected) in [
            ("", ""),
            (" , ,\t", ""),
            ("Bearer", "Bearer"),
            ("Bearer ", "Bearer"),
            (", Bearer ,", "Bearer"),
            ("Bearer a=b", "Bearer a=b"),
            ("Bearer a=b,c=\"d\"", "Bearer a=b c=d"),
            ("Bearer \t a \t= \tb , c=\"d, e=\\\"f\\\", g=\\\\\"", "Bearer a=b c=d, e=\"f\", g=\\"),
            ("Bearer a=\"\"", "Bearer a="),
            ("Bearer a=\"\u{e9}\"", "Bearer a=\u{e9}"),
            ("Bearer , a=b", "Bearer a=b"),
            ("Basic realm=\"x\", Bearer a=b, c=d, Negotiate", "Basic realm=x | Bearer a=b c=d | Negotiate"),
            ("Negotiate oYG2MIGzoAMKAQ==, Bearer a=b", "Negotiate (text) | Bearer a=b"),
            ("NTLM abc,Bearer a=b", "NTLM (text) | Bearer a=b"),
            ("Bearer a=", "Bearer (text)"),
            ("Bearer a==", "Bearer (text)"),
            ("Bearer a=,", "Bearer (text)"),
            ("Negotiate, NTLM, Bearer a=b", "Negotiate | NTLM | Bearer a=b"),
            ("Bearer a=b, a=c", "Bearer a=b a=c"),
            (
                "Newauth realm=\"apps\", type=1, title=\"Login to \\\"apps\\\"\", Basic realm=\"simple\"",
                "Newauth realm=apps type=1 title=Login to \"apps\" | Basic realm=simple",
            ),
        ] {
            assert_eq!(shown(header.as_bytes()).as_deref(), Some(expected), "{header}");
        }
    }

    #[test]
    fn what_the_standard_does_not_have_is_not_read() {
        for header in [
            "a=b",
            "=",
            "\"Bearer\"",
            "Bearer a=\"b",
            "Bearer a=\"b\\",
            "Bearer a=\"b\"c",
            "Bearer a=b c=d",
            "Bearer a b",
            "Bearer a=b/c",
            "Bearer a=b==",
            "Bearer a,b==",
            "Bearer =b",
            "Bearer a=b, c=,",
            "Bearer a=b;c=d",
            "Bearer a=\"b\nc\"",
            "Bearer a=\"b\\\0\"",
            "Bearer\na=b",
            "Negotiate oYG2MIGzoAMKAQ==, a=b",
            "B\u{e9}arer a=b",
            "Bearer a={\"b\":1}",
        ] {
            assert_eq!(shown(header.as_bytes()), None, "{header}");
        }
        let many = |count: usize| format!("Bearer {}", vec!["a=b"; count].join(","));
        assert!(read(many(MOST_PARAMETERS).as_bytes()).is_some());
        assert!(read(many(MOST_PARAMETERS + 1).as_bytes()).is_none());
    }

    #[test]
    fn scheme_and_names_have_no_case_and_a_name_counts_once() {
        let challenges = read(b"BEARER Error=a, b=c, B=d").unwrap();
        let [challenge] = &challenges[..] else { panic!("{challenges:?}") };
        assert!(challenge.is_of("Bearer") && !challenge.is_of("Bear") && !challenge.is_of("Basic"));
        assert_eq!(challenge.parameter("error"), Some(&b"a"[..]));
        assert_eq!(challenge.parameter("claims"), None);
        assert!(!challenge.is_unambiguous());
        assert!(read(b"Bearer a=b, c=d").unwrap()[0].is_unambiguous());
    }
}
