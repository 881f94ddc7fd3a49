//! JSON objects from outside, read once and strictly: no member twice, no member of the wrong type taken for absent.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use thiserror::Error;

/// What is wrong with a JSON object. Names of members only, never their values.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(crate) enum JsonProblem {
    /// Usual cause: something that is no JSON object was sent in its place.
    #[error("not a JSON object")]
    NotAnObject,
    /// Readers differ in which of two equal names counts, so both are refused.
    /// The name as far as it may be shown: nobody has vouched for it yet.
    #[error("the member `{name}` appears twice")]
    Duplicate { name: String },
    /// None that is meant has nearly as many, and each name is compared with all before it.
    #[error("there are more than {limit} members")]
    TooMany { limit: usize },
    #[error("the member `{name}` is {found}, expected {expected}")]
    WrongType { name: &'static str, found: &'static str, expected: &'static str },
}

/// What a reader does with one member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MemberHandling {
    /// It is handed over through [`MemberReader::take`].
    Read,
    /// It is handed over whole through [`MemberReader::keep`].
    Keep,
    /// It is skipped.
    None,
}

/// Receives the members of one object in the order in which they are written.
pub(crate) trait MemberReader<'de> {
    /// How many members the object may have.
    const LIMIT: usize = 256;

    fn handling(&self, name: &str) -> MemberHandling;
    fn take(&mut self, name: &str, member: Member<'de>) -> Result<(), JsonProblem>;
    fn keep(&mut self, name: &str, value: serde_json::Value);
}

/// The value of one member, as far as anyone here asks.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Member<'de> {
    Text(Cow<'de, str>),
    Whole(u64),
    /// Written with a point, and without an exponent.
    Fraction(f64),
    Texts(Vec<String>),
    Other(&'static str),
}

/// To which side a fraction of a second goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rounded {
    Down,
    Up,
}

const NULL: &str = "null";
const FRACTION: &str = "a fraction";

/// Beyond 2^53 fractions are not told apart any more.
const LARGEST_FRACTION: f64 = 9_007_199_254_740_992.0;

/// Reads one object from the first byte to the last.
pub(crate) fn read<'de>(bytes: &'de [u8], members: &mut impl MemberReader<'de>) -> Result<(), JsonProblem> {
    // Whether it is text is asked once for the whole, not for every member in it.
    let text = std::str::from_utf8(bytes).map_err(|_| JsonProblem::NotAnObject)?;
    let mut problem = None;
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let seed = Object { members, text, problem: &mut problem };
    match seed.deserialize(&mut deserializer).and_then(|()| deserializer.end()) {
        Ok(()) => Ok(()),
        // The library's own words may quote the value, so they end here.
        Err(_) => Err(problem.unwrap_or(JsonProblem::NotAnObject)),
    }
}

impl<'de> Member<'de> {
    pub(crate) fn text(self, name: &'static str) -> Result<Cow<'de, str>, JsonProblem> {
        match self {
            Self::Text(text) => Ok(text),
            other => Err(other.unexpected(name, "a text")),
        }
    }

    /// Seconds, which may have a fraction (RFC 7519 §2, `NumericDate`).
    pub(crate) fn seconds(self, name: &'static str, rounded: Rounded) -> Result<u64, JsonProblem> {
        match self {
            Self::Whole(number) => Ok(number),
            Self::Fraction(number) if number.is_sign_positive() && number <= LARGEST_FRACTION => Ok(match rounded {
                Rounded::Down => whole_part(number),
                Rounded::Up => whole_part(number.ceil()),
            }),
            other => Err(other.unexpected(name, "a number of seconds")),
        }
    }

    pub(crate) fn is_null(&self) -> bool {
        *self == Self::Other(NULL)
    }

    /// A list of texts, or one text alone, as claims mapping may write it.
    pub(crate) fn texts(self, name: &'static str) -> Result<Vec<String>, JsonProblem> {
        match self {
            Self::Texts(texts) => Ok(texts),
            Self::Text(text) => Ok(vec![text.into_owned()]),
            other => Err(other.unexpected(name, "a list of texts")),
        }
    }

    /// The member as an ordinary JSON value.
    pub(crate) fn to_value(&self) -> serde_json::Value {
        match self {
            Self::Text(text) => text.as_ref().into(),
            Self::Whole(number) => (*number).into(),
            Self::Fraction(number) => (*number).into(),
            Self::Texts(texts) => texts.clone().into(),
            Self::Other(_) => serde_json::Value::Null,
        }
    }

    pub(crate) fn unexpected(&self, name: &'static str, expected: &'static str) -> JsonProblem {
        let found = match self {
            Self::Text(_) => "a text",
            Self::Whole(_) => "a number",
            Self::Fraction(_) => FRACTION,
            Self::Texts(_) => "a list",
            Self::Other(kind) => kind,
        };
        JsonProblem::WrongType { name, found, expected }
    }
}

/// What a log can hold of a text from outside: at most 200 characters, printable ASCII without blanks.
pub(crate) fn printable(text: &str) -> String {
    text.chars().filter(char::is_ascii_graphic).take(200).collect()
}

/// The whole seconds of a number of the range that [`Member::seconds`] takes.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the range is checked before")]
fn whole_part(number: f64) -> u64 {
    number as u64
}

/// Whether a number of this value is written with an exponent: nobody writes a time like that, and a reader of the value
/// alone cannot tell. Only asked about fractions, which are rare.
fn is_written_with_exponent(number: f64, text: &str) -> bool {
    let mut outside_of_texts = String::with_capacity(text.len());
    let (mut in_text, mut is_escaped) = (false, false);
    for letter in text.chars() {
        match letter {
            _ if is_escaped => is_escaped = false,
            '\\' if in_text => is_escaped = true,
            '"' => in_text = !in_text,
            _ if in_text => continue,
            _ => {}
        }
        outside_of_texts.push(if in_text { '"' } else { letter });
    }
    let mut words = outside_of_texts.split(|letter: char| !letter.is_ascii_alphanumeric() && !"+-.".contains(letter));
    // `serde_json` may miss the nearest number by a bit or two.
    let is_it = |found: f64| (found - number).abs() <= number.abs() * 1e-12;
    words.any(|word| word.contains(['e', 'E']) && word.parse().is_ok_and(is_it))
}

struct Object<'a, M> {
    members: &'a mut M,
    /// The whole, which alone tells how a number is written.
    text: &'a str,
    problem: &'a mut Option<JsonProblem>,
}

impl<'de, M: MemberReader<'de>> DeserializeSeed<'de> for Object<'_, M> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de, M: MemberReader<'de>> Visitor<'de> for Object<'_, M> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut seen: Vec<(Cow<'de, str>, bool)> = Vec::with_capacity(24);
        while let Some(Name(name)) = map.next_key()? {
            if seen.len() == M::LIMIT {
                *self.problem = Some(JsonProblem::TooMany { limit: M::LIMIT });
                return Err(A::Error::custom("too many"));
            }
            let handling = self.members.handling(&name);
            let is_read = handling == MemberHandling::Read;
            // `TID` beside `tid`: some readers ignore case, so the pair is as ambiguous as a plain duplicate.
            let clashes = |(other, other_is_read): &(Cow<'de, str>, bool)| {
                other.eq_ignore_ascii_case(&name) && (is_read || *other_is_read || *other == name)
            };
            if seen.iter().any(clashes) {
                *self.problem = Some(JsonProblem::Duplicate { name: printable(&name) });
                return Err(A::Error::custom("duplicate"));
            }
            match handling {
                MemberHandling::Read => {
                    let mut member = map.next_value()?;
                    if let Member::Fraction(number) = member
                        && is_written_with_exponent(number, self.text)
                    {
                        member = Member::Other(FRACTION);
                    }
                    if let Err(problem) = self.members.take(&name, member) {
                        *self.problem = Some(problem);
                        return Err(A::Error::custom("type"));
                    }
                }
                MemberHandling::Keep => self.members.keep(&name, map.next_value()?),
                MemberHandling::None => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
            seen.push((name, is_read));
        }
        Ok(())
    }
}

/// A member's name, borrowed unless it is written with escapes.
struct Name<'de>(Cow<'de, str>);

impl<'de> Deserialize<'de> for Name<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match deserializer.deserialize_str(AnyMember)? {
            Member::Text(name) => Ok(Self(name)),
            _ => Err(D::Error::custom("name")),
        }
    }
}

impl<'de> Deserialize<'de> for Member<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyMember)
    }
}

struct AnyMember;

impl<'de> Visitor<'de> for AnyMember {
    type Value = Member<'de>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a value")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Member<'de>, E> {
        Ok(Member::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Member<'de>, E> {
        Ok(Member::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Member<'de>, E> {
        Ok(Member::Whole(number))
    }

    fn visit_i64<E>(self, _: i64) -> Result<Member<'de>, E> {
        Ok(Member::Other("a negative number"))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Member<'de>, E> {
        Ok(Member::Fraction(number))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Member<'de>, E> {
        Ok(Member::Other("true or false"))
    }

    fn visit_unit<E>(self) -> Result<Member<'de>, E> {
        Ok(Member::Other(NULL))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Member<'de>, A::Error> {
        let mut texts = Vec::new();
        let mut only_texts = true;
        while let Some(element) = list.next_element()? {
            match element {
                Member::Text(text) => texts.push(text.into_owned()),
                _ => only_texts = false,
            }
        }
        Ok(if only_texts { Member::Texts(texts) } else { Member::Other("a list that holds more than texts") })
    }

    /// Where any crate of the program turns on `serde_json/arbitrary_precision`, a number comes as a map as well; only
    /// `serde_json` can tell.
    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Member<'de>, A::Error> {
        let value = serde_json::Value::deserialize(MapAccessDeserializer::new(map))?;
        let Some(number) = value.as_number() else { return Ok(Member::Other("an object")) };
        Ok(match number.as_u64() {
            Some(whole) => Member::Whole(whole),
            None if number.is_i64() => Member::Other("a negative number"),
            None => number.as_f64().map_or(Member::Other(FRACTION), Member::Fraction),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Default)]
    struct Probe {
        text: Option<String>,
        number: Option<u64>,
    }

    impl<'de> MemberReader<'de> for Probe {
        fn handling(&self, name: &str) -> MemberHandling {
            if matches!(name, "tid" | "exp") { MemberHandling::Read } else { MemberHandling::None }
        }

        fn take(&mut self, name: &str, member: Member<'de>) -> Result<(), JsonProblem> {
            match name {
                "tid" => self.text = Some(member.text("tid")?.into_owned()),
                _ => self.number = Some(member.seconds("exp", Rounded::Down)?),
            }
            Ok(())
        }

        fn keep(&mut self, _: &str, _: serde_json::Value) {}
    }

    fn problem(text: &str) -> Option<JsonProblem> {
        read(text.as_bytes(), &mut Probe::default()).err()
    }

    #[test]
    fn members_are_read_and_unknown_ones_are_skipped() {
        let mut probe = Probe::default();
        assert_eq!(read(br#" {"x":{"tid":[1]},"t\u0069d":"a","exp":7,"y":null} "#, &mut probe), Ok(()));
        assert_eq!((probe.text.as_deref(), probe.number), (Some("a"), Some(7)));
    }

    #[test]
    fn a_member_that_stands_there_twice_is_refused() {
        for (text, name) in [
            (r#"{"tid":"a","tid":"a"}"#, "tid"),
            (r#"{"tid":"a","TID":"b"}"#, "TID"),
            (r#"{"Tid":"a","tid":"b"}"#, "tid"),
            (r#"{"x":1,"x":2}"#, "x"),
            (r#"{"tid":"a","t\u0069d":"b"}"#, "tid"),
        ] {
            assert_eq!(problem(text), Some(JsonProblem::Duplicate { name: name.to_owned() }), "{text}");
        }
        assert_eq!(problem(r#"{"x":1,"X":2}"#), None, "names nobody reads may differ by case");
    }

    #[test]
    fn a_doubled_name_is_shown_only_as_far_as_a_log_can_hold_it() {
        for (name, shown) in [
            (r"a\nWARN forged\u001b[2J", "aWARNforged[2J".to_owned()),
            (&"x".repeat(300), "x".repeat(200)),
            ("é", String::new()),
        ] {
            let text = format!("{{\"{name}\":1,\"{name}\":2}}");
            assert_eq!(problem(&text), Some(JsonProblem::Duplicate { name: shown }), "{text}");
        }
    }

    /// Every name is compared with all before it: thousands of them would keep a processor busy for nothing.
    #[test]
    fn more_members_than_any_token_has_are_not_read() {
        let object = |count: usize| {
            let members: Vec<String> = (0..count).map(|number| format!("\"m{number}\":0")).collect();
            format!("{{{}}}", members.join(","))
        };
        assert_eq!(problem(&object(256)), None);
        assert_eq!(problem(&object(257)), Some(JsonProblem::TooMany { limit: 256 }));
    }

    #[test]
    fn a_member_of_the_wrong_type_is_refused_not_taken_for_absent() {
        for (value, found) in [
            ("7", "a number"),
            ("null", "null"),
            ("[\"a\"]", "a list"),
            ("[1]", "a list that holds more than texts"),
            ("{}", "an object"),
            ("true", "true or false"),
        ] {
            let expected = JsonProblem::WrongType { name: "tid", found, expected: "a text" };
            assert_eq!(problem(&format!("{{\"tid\":{value}}}")), Some(expected));
        }
        for (value, found) in
            [("\"7\"", "a text"), ("7e0", "a fraction"), ("-7", "a negative number"), ("1e30", "a fraction")]
        {
            let expected = JsonProblem::WrongType { name: "exp", found, expected: "a number of seconds" };
            assert_eq!(problem(&format!("{{\"exp\":{value}}}")), Some(expected));
        }
    }

    #[test]
    fn seconds_may_have_a_fraction_and_are_rounded_to_the_side_that_is_asked_for() {
        for (written, down, up) in [
            ("7", 7, 7),
            ("7.0", 7, 7),
            ("7.000001", 7, 8),
            ("7.999999", 7, 8),
            ("0.5", 0, 1),
            ("1800003600.25", 1_800_003_600, 1_800_003_601),
        ] {
            let member: Member<'_> = serde_json::from_str(written).unwrap();
            assert_eq!(member.clone().seconds("exp", Rounded::Down), Ok(down), "{written}");
            assert_eq!(member.seconds("exp", Rounded::Up), Ok(up), "{written}");
        }
        for written in ["-0.0", "-7.5", "-0", "18446744073709551616.0", "9007199254740994.0"] {
            let member: Member<'_> = serde_json::from_str(written).unwrap();
            assert!(member.seconds("exp", Rounded::Down).is_err(), "{written}");
        }
    }

    #[test]
    fn a_number_with_an_exponent_is_no_time_and_one_elsewhere_changes_nothing() {
        for (text, is_read) in [
            (r#"{"exp":75.5}"#, true),
            (r#"{"exp":7.55e1}"#, false),
            (r#"{"exp":7.55E+1,"x":"\"}"#, false),
            (r#"{"x":[1e-7,"e\"7.55e1"],"exp":75.5}"#, true),
        ] {
            assert_eq!(problem(text).is_none(), is_read, "{text}");
        }
    }

    #[test]
    fn what_is_no_object_is_refused() {
        for text in ["", "7", "[]", "null", "{", r#"{"tid":"a"} x"#, r#"{"tid":"a"}{}"#, "{'tid':1}", "\u{feff}{}"] {
            assert_eq!(problem(text), Some(JsonProblem::NotAnObject), "{text}");
        }
        assert_eq!(problem(&"[".repeat(100_000)), Some(JsonProblem::NotAnObject));
        assert_eq!(problem(&format!("{{\"x\":{}", "[".repeat(100_000))), Some(JsonProblem::NotAnObject));
    }
}
