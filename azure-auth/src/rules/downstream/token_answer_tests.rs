use proptest::prelude::*;
use secrecy::ExposeSecret;

use super::*;

const NOW: UnixTime = UnixTime(1_800_000_000);
const GRAPH: &str = "https://graph.microsoft.com";

fn asked<'a>(permissions: &'a [&'a str]) -> Asked<'a> {
    Asked { resource_uri: GRAPH, permissions }
}

/// A good answer with these members beside it.
fn with(rest: &str) -> String {
    format!(r#"{{"access_token":"eyJ.a-_~+/=","token_type":"Bearer"{rest}}}"#)
}

fn read_for(asked: &Asked<'_>, answer: &str) -> Result<GrantedTokens, TokenAnswerError> {
    read(answer.as_bytes(), asked, NOW)
}

#[test]
fn the_answer_that_entra_documents_gives_its_tokens() {
    let answer = r#"{"token_type":"Bearer","scope":"openid profile email https://graph.microsoft.com/User.Read",
        "expires_in":4021,"ext_expires_in":9021,"access_token":"eyJ0.a.b","refresh_token":"1.AX0A","id_token":"eyJ0",
        "client_info":"eyJ1","foci":"1"}"#;
    let tokens = read_for(&asked(&["User.Read"]), answer).unwrap();
    assert_eq!(tokens.token.secret.expose_secret(), "eyJ0.a.b");
    assert_eq!(tokens.refresh_token.map(|token| token.expose_secret().to_owned()).as_deref(), Some("1.AX0A"));
    assert_eq!(
        (tokens.token.granted, tokens.token.asked),
        (vec!["User.Read".to_owned()], vec!["User.Read".to_owned()])
    );
    assert_eq!(tokens.token.ends_at, UnixTime(NOW.0 + 4021));
    assert_eq!(tokens.token.renew_at, UnixTime(NOW.0 + 3721));
    assert_eq!(tokens.not_granted, Vec::<String>::new());
}

#[test]
fn times_are_numbers_or_texts_of_digits() {
    let wrong = |found| {
        let problem = JsonProblem::WrongType { name: "expires_in", found, expected: "a number of seconds" };
        Err(TokenAnswerError::Unreadable(problem))
    };
    for (value, expected) in [
        ("3599", Ok(3599)),
        ("\"3599\"", Ok(3599)),
        ("3599.9", Ok(3599)),
        ("1", Ok(1)),
        ("null", Ok(300)),
        ("18446744073709551615", Ok(7 * 24 * 3600)),
        ("\"99999999999999999999\"", Ok(7 * 24 * 3600)),
        ("0", Err(TokenAnswerError::NoTime)),
        ("\"0\"", Err(TokenAnswerError::NoTime)),
        ("-1", wrong("a negative number")),
        ("\"-1\"", wrong("a text")),
        ("\"+1\"", wrong("a text")),
        ("\"\"", wrong("a text")),
        ("\"soon\"", wrong("a text")),
        ("1e9", wrong("a fraction")),
        ("true", wrong("true or false")),
        ("[3599]", wrong("a list that holds more than texts")),
        ("{}", wrong("an object")),
    ] {
        let answer = with(&format!(r#","expires_in":{value}"#));
        let found = read_for(&asked(&[]), &answer).map(|tokens| tokens.token.ends_at.since(NOW).as_secs());
        assert_eq!(found, expected, "{value}");
    }
    let missing = read_for(&asked(&[]), &with("")).unwrap().token;
    assert_eq!((missing.ends_at, missing.renew_at), (UnixTime(NOW.0 + 300), UnixTime(NOW.0 + 150)));
    for (value, expected) in [
        ("43200", 43_200),
        ("\"43200\"", 43_200),
        // A hint that cannot be followed.
        ("86400", 86_100),
        ("null", 86_100),
        ("-1", 86_100),
        ("{}", 86_100),
        ("\"soon\"", 86_100),
    ] {
        let answer = with(&format!(r#","expires_in":86400,"refresh_in":{value}"#));
        let found = read_for(&asked(&[]), &answer).unwrap().token.renew_at.since(NOW).as_secs();
        assert_eq!(found, expected, "{value}");
    }
}

#[test]
fn what_cannot_be_used_is_refused_by_the_name_of_its_member() {
    use TokenAnswerError::{MemberMissing, TokenType, Unfit, Unreadable};
    let missing = |name| MemberMissing { name };
    let wrong = |name, found| Unreadable(JsonProblem::WrongType { name, found, expected: "a text" });
    let long = "a".repeat(LONGEST_TOKEN + 1);
    let token = |text: &str| format!(r#"{{"access_token":"{text}","token_type":"Bearer"}}"#);
    for (answer, expected) in [
        (r#"{"token_type":"Bearer"}"#.to_owned(), missing("access_token")),
        (r#"{"access_token":null,"token_type":"Bearer"}"#.to_owned(), missing("access_token")),
        (token(""), missing("access_token")),
        (r#"{"access_token":7,"token_type":"Bearer"}"#.to_owned(), wrong("access_token", "a number")),
        (r#"{"access_token":["a"],"token_type":"Bearer"}"#.to_owned(), wrong("access_token", "a list")),
        (token("a b"), Unfit { name: "access_token" }),
        (token(r"a\r\nb"), Unfit { name: "access_token" }),
        (token("ä"), Unfit { name: "access_token" }),
        (token(r"a\u0000"), Unfit { name: "access_token" }),
        (token(&long), Unfit { name: "access_token" }),
        (r#"{"access_token":"a"}"#.to_owned(), missing("token_type")),
        (r#"{"access_token":"a","token_type":null}"#.to_owned(), missing("token_type")),
        (r#"{"access_token":"a","token_type":""}"#.to_owned(), TokenType { found: String::new() }),
        (r#"{"access_token":"a","token_type":"DPoP"}"#.to_owned(), TokenType { found: "DPoP".to_owned() }),
        (r#"{"access_token":"a","token_type":"pop\r\nX: y"}"#.to_owned(), TokenType { found: "popX:y".to_owned() }),
        (with(r#","refresh_token":"a b""#), Unfit { name: "refresh_token" }),
        (with(&format!(r#","refresh_token":"{long}""#)), Unfit { name: "refresh_token" }),
        (with(r#","refresh_token":{}"#), wrong("refresh_token", "an object")),
        (with(r#","scope":["User.Read"]"#), wrong("scope", "a list")),
        (with(r#","resource":7"#), wrong("resource", "a number")),
        (with(r#","access_token":"b""#), Unreadable(JsonProblem::Duplicate { name: "access_token".to_owned() })),
        (with(r#","Scope":"a","scope":"b""#), Unreadable(JsonProblem::Duplicate { name: "scope".to_owned() })),
        ("<html>".to_owned(), Unreadable(JsonProblem::NotAnObject)),
        ("[]".to_owned(), Unreadable(JsonProblem::NotAnObject)),
        (String::new(), Unreadable(JsonProblem::NotAnObject)),
    ] {
        let found = read_for(&asked(&["User.Read"]), &answer).expect_err(&answer);
        assert_eq!(found, expected, "{answer}");
    }
    for token_type in ["Bearer", "bearer", "BEARER"] {
        let answer = format!(r#"{{"access_token":"{}","token_type":"{token_type}"}}"#, &long[1..]);
        assert!(read_for(&asked(&[]), &answer).is_ok(), "{token_type}, as long as it may be");
    }
    for none in ["", r#","refresh_token":null"#, r#","refresh_token":"""#] {
        assert!(read_for(&asked(&[]), &with(none)).unwrap().refresh_token.is_none(), "{none}");
    }
}

#[test]
fn names_are_compared_without_the_api_and_without_case() {
    let wanted = ["User.Read", "Mail.Read"];
    for (scope, granted, not_granted) in [
        ("", "User.Read Mail.Read", ""),
        (r#","scope":null"#, "User.Read Mail.Read", ""),
        (r#","scope":"User.Read Mail.Read""#, "User.Read Mail.Read", ""),
        (r#","scope":"mail.read USER.READ openid""#, "mail.read USER.READ", ""),
        (
            r#","scope":"https://graph.microsoft.com/User.Read HTTPS://Graph.Microsoft.com/mail.read profile email offline_access""#,
            "User.Read mail.read",
            "",
        ),
        (r#","scope":"https://graph.microsoft.com//User.Read Mail.Read""#, "User.Read Mail.Read", ""),
        (r#","scope":"Calendars.Read User.Read Files.Read""#, "Calendars.Read User.Read Files.Read", "Mail.Read"),
        (r#","scope":"  User.Read   user.read ""#, "User.Read", "Mail.Read"),
        (r#","scope":"Mail.ReadWrite Mail User.Read""#, "Mail.ReadWrite Mail User.Read", "Mail.Read"),
        // It says that there is none, which is something else than to say nothing.
        (r#","scope":"""#, "", "User.Read Mail.Read"),
        (r#","scope":"openid profile""#, "", "User.Read Mail.Read"),
        (r#","scope":"https://graph.microsoft.com/""#, "", "User.Read Mail.Read"),
    ] {
        let tokens = read_for(&asked(&wanted), &with(scope)).unwrap();
        assert_eq!(
            (tokens.token.granted.join(" "), tokens.not_granted.join(" ")),
            (granted.into(), not_granted.into()),
            "{scope}"
        );
        let missing = |name: &&&str| tokens.not_granted.iter().any(|missing| missing == **name);
        let asked: Vec<&str> = wanted.iter().filter(|name| !missing(name)).copied().collect();
        assert_eq!(tokens.token.asked, asked, "a renewal asks for what there was");
    }
}

#[test]
fn what_was_agreed_to_is_never_missing() {
    for (scope, granted) in [
        ("", ".default"),
        (r#","scope":"User.Read Mail.Read""#, "User.Read Mail.Read .default"),
        (r#","scope":"https://graph.microsoft.com/.default""#, ".default"),
        (
            r#","scope":"https://graph.microsoft.com/User.Read https://graph.microsoft.com/.default""#,
            "User.Read .default",
        ),
    ] {
        let tokens = read_for(&asked(&[".default"]), &with(scope)).unwrap();
        assert_eq!((tokens.token.granted.join(" "), tokens.not_granted.len()), (granted.into(), 0), "{scope}");
    }
}

#[test]
fn a_token_for_another_api_is_refused() {
    const MANAGEMENT: Asked<'_> =
        Asked { resource_uri: "https://management.azure.com/", permissions: &["user_impersonation"] };
    const ORDERS: Asked<'_> = Asked { resource_uri: "api://orders", permissions: &["Orders.Read"] };
    const SLASHED: Asked<'_> = Asked { resource_uri: "api://orders", permissions: &["a/b"] };
    for (asked, rest, expected) in [
        (MANAGEMENT, r#","resource":"https://management.azure.com/""#, None),
        (MANAGEMENT, r#","resource":"https://management.azure.com""#, None),
        (MANAGEMENT, r#","resource":"HTTPS://Management.Azure.com""#, None),
        (MANAGEMENT, r#","scope":"https://management.azure.com/user_impersonation""#, None),
        (MANAGEMENT, r#","scope":"https://management.azure.com//user_impersonation""#, None),
        (SLASHED, r#","scope":"api://orders/a/b""#, None),
        (SLASHED, r#","scope":"A/B""#, None),
        (MANAGEMENT, r#","resource":"https://graph.microsoft.com""#, Some("resource")),
        (MANAGEMENT, r#","resource":"""#, Some("resource")),
        (MANAGEMENT, r#","resource":"https://management.azure.com.evil.example/""#, Some("resource")),
        (MANAGEMENT, r#","scope":"https://graph.microsoft.com/User.Read""#, Some("scope")),
        (ORDERS, r#","scope":"api://orders2/Orders.Read""#, Some("scope")),
        (ORDERS, r#","scope":"api://order/Orders.Read""#, Some("scope")),
        (ORDERS, r#","scope":"api://orders/archive/Orders.Read""#, Some("scope")),
        (ORDERS, r#","scope":"Orders.Read api://invoices/Invoices.Read""#, Some("scope")),
        (ORDERS, r#","scope":"3f0c8a52-0000-4000-8000-000000000000/Orders.Read""#, Some("scope")),
    ] {
        let found = match read_for(&asked, &with(rest)) {
            Ok(tokens) => {
                assert_eq!(tokens.not_granted, Vec::<String>::new(), "{rest}");
                None
            }
            Err(TokenAnswerError::OtherResource { name, .. }) => Some(name),
            Err(error) => panic!("{rest}: {error}"),
        };
        assert_eq!(found, expected, "{rest}");
    }
}

#[test]
fn neither_tokens_nor_what_a_stranger_wrote_is_repeated() {
    let planted = "planted-secret";
    for answer in [
        format!(r#"{{"access_token":"{planted} ","token_type":"Bearer"}}"#),
        format!(r#"{{"access_token":"{planted}","token_type":"Bearer","expires_in":"{planted}"}}"#),
        format!(r#"{{"access_token":"{planted}","token_type":"Bearer","refresh_token":["{planted}"]}}"#),
        format!(r#"{{"access_token":"{planted}","token_type":"Bearer","resource":"x\r\ny"}}"#),
    ] {
        let error = read_for(&asked(&[]), &answer).expect_err(&answer);
        let details = error.details();
        let told = format!("{error} {error:?} {} {}", details.found, details.expected);
        assert!(!told.contains(planted) && !told.contains(char::is_control), "{told}");
    }
    let tokens = read_for(&asked(&[]), &with(r#","refresh_token":"planted-refresh""#)).unwrap();
    assert!(!format!("{tokens:?}").contains("planted") && !format!("{tokens:?}").contains("eyJ"));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2048, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_answer_makes_reading_it_panic(
        members in proptest::collection::vec(
            (
                proptest::sample::select(&["access_token", "token_type", "expires_in", "refresh_in", "scope", "resource", "refresh_token", "x"][..]),
                proptest::sample::select(&["\"a\"", "\"Bearer\"", "3599", "-1", "1e400", "1.5", "null", "[]", "{\"a\":[{}]}", "\"\\ud800\"", "\"a/b //\"", "true"][..]),
            ),
            0..8,
        ),
        tail in ".{0,20}",
    ) {
        let members: Vec<_> = members.iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
        let answer = format!("{{{}}}{tail}", members.join(","));
        if let Ok(tokens) = read_for(&asked(&["a", "b"]), &answer) {
            prop_assert!(tokens.token.ends_at > NOW && tokens.token.renew_at < tokens.token.ends_at);
            prop_assert!(tokens.not_granted.iter().all(|name| ["a", "b"].contains(&name.as_str())));
        }
        let _ = read_for(&asked(&["a"]), &tail);
    }
}
