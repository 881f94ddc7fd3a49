use std::iter::Peekable;
use std::str::Chars;

use serde_json::{Map, Value, json};

use super::examples;
use crate::model::registration::application::Registration;
use crate::rules::registration::printing::bicep::print;

/// What a file of Bicep is made of. Line breaks are left out: what is printed does not need them.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    /// Without its quotes and escapes. What Bicep puts in is between `⟨` and `⟩`.
    Text(String),
    Word(String),
    Mark(char),
}

fn tokens(file: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut characters = file.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '/' if characters.peek() == Some(&'/') => {
                while characters.next_if(|it| !matches!(it, '\n' | '\r')).is_some() {}
            }
            '\'' => tokens.push(Token::Text(string(&mut characters))),
            _ if character.is_whitespace() => {}
            _ if character.is_ascii_alphanumeric() => {
                let mut word = String::from(character);
                while let Some(more) = characters.next_if(|it| it.is_ascii_alphanumeric() || *it == '_') {
                    word.push(more);
                }
                tokens.push(Token::Word(word));
            }
            _ => {
                assert!("{}[]():=@.".contains(character), "{character:?} outside a text");
                tokens.push(Token::Mark(character));
            }
        }
    }
    tokens
}

fn string(characters: &mut Peekable<Chars<'_>>) -> String {
    let mut text = String::new();
    loop {
        match characters.next().expect("a text ends") {
            '\'' => return text,
            '\n' | '\r' => panic!("a text ends in its line: {text}"),
            '\\' => text.push(escape(characters)),
            '$' if characters.next_if_eq(&'{').is_some() => {
                let expression: String = characters.by_ref().take_while(|it| *it != '}').collect();
                text.extend(["⟨", &expression, "⟩"]);
            }
            other => text.push(other),
        }
    }
}

fn escape(characters: &mut Peekable<Chars<'_>>) -> char {
    match characters.next().expect("an escape ends") {
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'u' => {
            assert_eq!(characters.next(), Some('{'));
            let digits: String = characters.by_ref().take_while(|it| *it != '}').collect();
            char::from_u32(u32::from_str_radix(&digits, 16).unwrap()).unwrap()
        }
        plain @ ('\\' | '\'' | '$') => plain,
        other => panic!("no escape: \\{other}"),
    }
}

/// Symbol, type and value of every resource, those in others before them.
fn resources(file: &str) -> Vec<(String, String, Value)> {
    let tokens = tokens(file);
    let mut found = Vec::new();
    let mut rest = tokens.as_slice();
    while let Some((first, behind)) = rest.split_first() {
        rest = behind;
        if *first == Token::Word("resource".to_owned()) {
            resource(&mut rest, &mut found);
        }
    }
    found
}

fn next(rest: &mut &[Token]) -> Token {
    let (first, behind) = rest.split_first().expect("what is opened is closed");
    *rest = behind;
    first.clone()
}

fn resource(rest: &mut &[Token], found: &mut Vec<(String, String, Value)>) {
    let (Token::Word(symbol), Token::Text(kind)) = (next(rest), next(rest)) else { panic!("a resource has a type") };
    assert_eq!([next(rest), next(rest)], [Token::Mark('='), Token::Mark('{')]);
    let value = object(rest, found);
    found.push((symbol, kind, value));
}

fn object(rest: &mut &[Token], found: &mut Vec<(String, String, Value)>) -> Value {
    let mut members = Map::new();
    loop {
        match next(rest) {
            Token::Mark('}') => return Value::Object(members),
            Token::Word(word) if word == "resource" => resource(rest, found),
            Token::Word(key) => {
                assert_eq!(next(rest), Token::Mark(':'));
                assert!(members.insert(key, value(rest, found)).is_none());
            }
            other => panic!("no member: {other:?}"),
        }
    }
}

/// A name that stands for something is between `⟨` and `⟩`.
fn value(rest: &mut &[Token], found: &mut Vec<(String, String, Value)>) -> Value {
    match next(rest) {
        Token::Text(text) => json!(text),
        Token::Mark('{') => object(rest, found),
        Token::Mark('[') => {
            let mut values = Vec::new();
            while rest.first() != Some(&Token::Mark(']')) {
                values.push(value(rest, found));
            }
            next(rest);
            Value::Array(values)
        }
        Token::Word(word) => serde_json::from_str(&word).unwrap_or_else(|_| {
            let mut name = word;
            while rest.first() == Some(&Token::Mark('.')) {
                next(rest);
                let Token::Word(member) = next(rest) else { panic!("a name goes on") };
                name = format!("{name}.{member}");
            }
            json!(format!("⟨{name}⟩"))
        }),
        mark @ Token::Mark(_) => panic!("no value: {mark:?}"),
    }
}

pub(super) fn display_name(registration: &Registration) -> Value {
    let found = resources(&print(registration));
    found[0].2["displayName"].clone()
}

#[test]
fn every_text_and_brace_is_closed() {
    for (name, example) in examples::all() {
        let mut open = Vec::new();
        for token in tokens(&print(&example)) {
            match token {
                Token::Mark(mark @ ('{' | '[' | '(')) => open.push(mark),
                Token::Mark('}') => assert_eq!(open.pop(), Some('{'), "{name}"),
                Token::Mark(']') => assert_eq!(open.pop(), Some('['), "{name}"),
                Token::Mark(')') => assert_eq!(open.pop(), Some('('), "{name}"),
                _ => {}
            }
        }
        assert!(open.is_empty(), "{name}: {open:?}");
    }
}

#[test]
fn the_application_and_what_belongs_to_it_is_what_was_given() {
    let registration = examples::complete();
    let mut expected = json!(registration.application);
    let clients = expected["api"].as_object_mut().unwrap().remove("preAuthorizedApplications").unwrap();
    expected.as_object_mut().unwrap().remove("identifierUris").unwrap();
    expected["uniqueName"] = json!("⟨uniqueName⟩");
    let credential = |number: usize| {
        let mut credential = json!(registration.federated_credentials[number]);
        credential["name"] =
            json!(format!("⟨application.uniqueName⟩/{}", registration.federated_credentials[number].name));
        credential
    };
    let completion = json!({
        "uniqueName": "⟨uniqueName⟩", "displayName": "⟨application.displayName⟩",
        "identifierUris": ["api://⟨application.appId⟩", "https://contoso.com/tasks"],
        "api": {"preAuthorizedApplications": clients},
    });
    let application = "Microsoft.Graph/applications@v1.0";
    let found = resources(&print(&registration));
    let expected = [
        ("credential1", "federatedIdentityCredentials@v1.0", credential(0)),
        ("credential2", "federatedIdentityCredentials@v1.0", credential(1)),
        ("application", application, expected),
        ("completion", application, completion),
        ("principal", "Microsoft.Graph/servicePrincipals@v1.0", json!({"appId": "⟨application.appId⟩"})),
    ];
    assert_eq!(found, expected.map(|(symbol, kind, value)| (symbol.to_owned(), kind.to_owned(), value)));
}

#[test]
fn an_application_that_is_known_needs_no_second_declaration() {
    let registration = examples::registered();
    let found = resources(&print(&registration));
    let symbols: Vec<&str> = found.iter().map(|(symbol, ..)| symbol.as_str()).collect();
    assert_eq!(symbols, ["application", "principal"]);
    assert_eq!(found[0].2["identifierUris"], json!([format!("api://{}", examples::id(0xA))]));
}
