//! Every problem explains itself, and none of them tells a secret.

use secrecy::SecretString;

use super::*;

const TENANT: &str = "33333333-cccc-4ddd-8eee-444444444444";
const CLIENT: &str = "11111111-aaaa-4bbb-8ccc-222222222222";
const LONG: &str = "Q~k8Q~AbCdEfGhIjKlMnOpQrStUvWxYz01234567";

fn complete() -> Settings {
    with(&[])
}

fn with(changes: &[(&'static str, &str)]) -> Settings {
    let issuer = format!("https://login.microsoftonline.com/{TENANT}");
    let mut variables =
        vec![("AZURE_CLIENT_ID", CLIENT), ("AZURE_CLIENT_SECRET", LONG), ("AZURE_ISSUER_URI", issuer.as_str())];
    variables.extend(changes);
    let names = variables.iter().map(|(name, _)| *name);
    Settings {
        misspelt: misspelt::find(names),
        ..Settings::from_variables(|name| {
            variables.iter().rev().find(|(variable, _)| *variable == name).map(|(_, text)| (*text).to_owned())
        })
    }
}

fn lists(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

/// One configuration for each problem that there is, with the variables and words of it.
#[allow(clippy::too_many_lines, reason = "one line for each problem that there is")]
fn table() -> Vec<(Settings, &'static [&'static str], &'static str)> {
    let common = "https://login.microsoftonline.com/common";
    let seventeen = (0..17).map(|number| format!("https://{number}.example.com")).collect::<Vec<_>>().join(",");
    vec![
        (Settings::default(), &["AZURE_ISSUER_URI", "AZURE_CLIENT_ID", "AZURE_CLIENT_SECRET"], "not set"),
        (with(&[("AZURE_ISSUER_URI", "")]), &["AZURE_ISSUER_URI"], "\"Directory (tenant) ID\""),
        (
            with(&[("AZURE_CLIENT_ID", ""), ("AZURE_CLIENT_SECRET", "")]),
            &["AZURE_CLIENT_ID", "AZURE_CLIENT_SECRET"],
            "\"Value\"",
        ),
        (
            with(&[("AZURE_CLIENT_ID", ""), ("AZURE_CLIENTID", CLIENT)]),
            &["AZURE_CLIENT_ID"],
            "AZURE_CLIENTID, which is set, is not read; rename AZURE_CLIENTID to AZURE_CLIENT_ID",
        ),
        (
            with(&[("AZURE_ISSUER_URI", common), ("AZURE_TENANT_IDS", TENANT)]),
            &["AZURE_VALID_TENANT_IDS", "AZURE_ISSUER_URI"],
            "AZURE_TENANT_IDS is set, and is not read; rename AZURE_TENANT_IDS",
        ),
        (
            with(&[("AZURE_CLIENT_SECRET", "tiny-one"), ("AZURE_SESSION_KEY", LONG)]),
            &["AZURE_SESSION_KEYS"],
            "rename AZURE_SESSION_KEY to AZURE_SESSION_KEYS",
        ),
        (
            with(&[("AZURE_ISSUER_URI", TENANT)]),
            &["AZURE_ISSUER_URI"],
            "write `https://login.microsoftonline.com/33333333-cccc-4ddd-8eee-444444444444`",
        ),
        (
            with(&[("AZURE_ISSUER_URI", "https://login.microsoftonline.com/33333333-cccc-4ddd-8eee-44444444444")]),
            &["AZURE_ISSUER_URI"],
            "has 35 characters, and an id has 36: 8-4-4-4-12 hexadecimal digits",
        ),
        (with(&[("AZURE_ISSUER_URI", "https://login.microsoftonline.com")]), &["AZURE_ISSUER_URI"], "names no tenant"),
        (
            with(&[("AZURE_ISSUER_URI", "https://login.microsoftonline.com/<tenant id>")]),
            &["AZURE_ISSUER_URI"],
            "a placeholder",
        ),
        (with(&[("AZURE_ISSUER_URI", "http://accounts.example.com")]), &["AZURE_ISSUER_URI"], "`http` is for loopback"),
        (with(&[("AZURE_ISSUER_URI", common)]), &["AZURE_VALID_TENANT_IDS", "AZURE_ISSUER_URI"], "names `common`"),
        (
            with(&[("AZURE_ISSUER_URI", common), ("AZURE_VALID_TENANT_IDS", "x")]),
            &["AZURE_VALID_TENANT_IDS"],
            "not a tenant id",
        ),
        (
            with(&[("AZURE_ISSUER_URI", common), ("AZURE_VALID_TENANT_IDS", "*,33333333-cccc-4ddd-8eee-444444444444")]),
            &["AZURE_VALID_TENANT_IDS"],
            "write `*` alone",
        ),
        (
            with(&[("AZURE_ISSUER_URI", common), ("AZURE_VALID_TENANT_IDS", ",")]),
            &["AZURE_VALID_TENANT_IDS"],
            "lists no tenant id",
        ),
        (
            with(&[("AZURE_ISSUER_URI", common), ("AZURE_VALID_TENANT_IDS", "33333333cccc4ddd8eee444444444444")]),
            &["AZURE_VALID_TENANT_IDS"],
            "has no hyphens; write `33333333-cccc-4ddd-8eee-444444444444`",
        ),
        (
            with(&[("AZURE_VALID_TENANT_IDS", CLIENT)]),
            &["AZURE_VALID_TENANT_IDS", "AZURE_ISSUER_URI"],
            "nobody could sign in",
        ),
        (
            with(&[
                ("AZURE_ISSUER_URI", "https://login.microsoftonline.com/consumers"),
                ("AZURE_VALID_TENANT_IDS", "*"),
            ]),
            &["AZURE_VALID_TENANT_IDS", "AZURE_ISSUER_URI"],
            "personal accounts only",
        ),
        (
            with(&[
                ("AZURE_ISSUER_URI", "https://login.microsoftonline.com/organizations"),
                ("AZURE_VALID_TENANT_IDS", "9188040d-6c67-4c5b-b112-36a304b66dad"),
            ]),
            &["AZURE_VALID_TENANT_IDS", "AZURE_ISSUER_URI"],
            "never signs in",
        ),
        (
            with(&[("AZURE_ISSUER_URI", "https://accounts.example"), ("AZURE_VALID_TENANT_IDS", TENANT)]),
            &["AZURE_VALID_TENANT_IDS", "AZURE_ISSUER_URI"],
            "has none",
        ),
        (with(&[("AZURE_CLIENT_ID", "my-app")]), &["AZURE_CLIENT_ID"], "found \"my-app\": not an id"),
        (with(&[("AZURE_CLIENT_ID", "<client id>")]), &["AZURE_CLIENT_ID"], "a placeholder"),
        (
            with(&[("AZURE_CLIENT_ID", "11111111-aaaa-4bbb-8ccc-2222222222222")]),
            &["AZURE_CLIENT_ID"],
            "has 37 characters",
        ),
        (
            with(&[("AZURE_CLIENT_ID", "{11111111-aaaa-4bbb-8ccc-222222222222}")]),
            &["AZURE_CLIENT_ID"],
            "write AZURE_CLIENT_ID=11111111-aaaa-4bbb-8ccc-222222222222",
        ),
        (
            with(&[("AZURE_CLIENT_ID", LONG), ("AZURE_CLIENT_SECRET", CLIENT)]),
            &["AZURE_CLIENT_ID", "AZURE_CLIENT_SECRET"],
            "probably swapped",
        ),
        (with(&[("AZURE_CLIENT_ID", LONG)]), &["AZURE_CLIENT_ID"], "it is not shown"),
        (with(&[("AZURE_CLIENT_SECRET", TENANT)]), &["AZURE_CLIENT_SECRET"], "that is the secret's id"),
        (with(&[("AZURE_CLIENT_SECRET", "changeme")]), &["AZURE_CLIENT_SECRET"], "a placeholder"),
        (
            Settings { client_secret: Some(SecretString::from(format!(" {LONG}\n"))), ..complete() },
            &["AZURE_CLIENT_SECRET"],
            "blanks or line ends",
        ),
        (Settings { client_secret: Some(SecretString::from("")), ..complete() }, &["AZURE_CLIENT_SECRET"], "empty"),
        (with(&[("AZURE_CLIENT_SECRET", "short")]), &["AZURE_SESSION_KEYS"], "has 5 characters, of 32"),
        (
            with(&[("AZURE_CLIENT_SECRET", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]),
            &["AZURE_SESSION_KEYS"],
            "over and over",
        ),
        (
            with(&[("AZURE_SESSION_KEYS", "c2hvcnQ")]),
            &["AZURE_SESSION_KEYS"],
            "key 1 has 5 bytes, of 32 required; make one with `openssl rand -base64 32`",
        ),
        (
            with(&[("AZURE_SESSION_KEYS", "not a key")]),
            &["AZURE_SESSION_KEYS"],
            "key 1 is neither base64 nor hexadecimal",
        ),
        (with(&[("AZURE_SESSION_KEYS", "<a key>")]), &["AZURE_SESSION_KEYS"], "key 1 is a placeholder"),
        (
            with(&[("AZURE_SESSION_KEYS", &format!("{},", "0a0b".repeat(16)))]),
            &["AZURE_SESSION_KEYS"],
            "key 2 of 2 is empty",
        ),
        (with(&[("AZURE_SESSION_KEYS", &"00".repeat(32))]), &["AZURE_SESSION_KEYS"], "over and over"),
        (
            with(&[("AZURE_SESSION_KEYS", &format!("{0},{0}", "0a0b".repeat(16)))]),
            &["AZURE_SESSION_KEYS"],
            "equal to key 1",
        ),
        (Settings { session_keys: Some(Vec::new()), ..complete() }, &["AZURE_SESSION_KEYS"], "lists no key"),
        (with(&[("AZURE_SESSION_STORE", "file")]), &["AZURE_SESSION_STORE"], "found \"file\": not a kind of store"),
        (with(&[("AZURE_SESSION_STORE", "redis://")]), &["AZURE_SESSION_STORE"], "redis"),
        (with(&[("AZURE_PUBLIC_URL", "http://app.example.com")]), &["AZURE_PUBLIC_URL"], "`http` is for loopback"),
        (with(&[("AZURE_PUBLIC_URL", "app.example.com")]), &["AZURE_PUBLIC_URL"], "not a web address"),
        (with(&[("AZURE_PUBLIC_URL", "https://app.example.com/?x")]), &["AZURE_PUBLIC_URL"], "has a query"),
        (with(&[("AZURE_PUBLIC_URL", "https://app.example.com/a b")]), &["AZURE_PUBLIC_URL"], "plainer path"),
        (with(&[("AZURE_PUBLIC_URL", ",")]), &["AZURE_PUBLIC_URL"], "lists no address"),
        (
            with(&[("AZURE_PUBLIC_URL", "https://a.example,https://a.example/x")]),
            &["AZURE_PUBLIC_URL"],
            "more than once",
        ),
        (with(&[("AZURE_PUBLIC_URL", "https://a.example,http://localhost")]), &["AZURE_PUBLIC_URL"], "of this machine"),
        (with(&[("AZURE_PUBLIC_URL", &seventeen)]), &["AZURE_PUBLIC_URL"], "lists 17 addresses, expected 16 at most"),
        (
            with(&[("AZURE_PUBLIC_URL", "https://a.example/session")]),
            &["AZURE_PUBLIC_URL"],
            "also that of \"/session\"",
        ),
        (
            with(&[("AZURE_AUTHORIZATION_CODE_ENDPOINT", "https://a.example/back")]),
            &["AZURE_AUTHORIZATION_CODE_ENDPOINT"],
            "write `/back`",
        ),
        (with(&[("AZURE_POPUP_LOGIN_ENDPOINT", "window")]), &["AZURE_POPUP_LOGIN_ENDPOINT"], "such as `/popup/login`"),
        (
            with(&[("AZURE_AUTHORIZATION_CODE_ENDPOINT", "/login")]),
            &["AZURE_AUTHORIZATION_CODE_ENDPOINT", "login_path"],
            "are equal",
        ),
        (
            with(&[("AZURE_AUTHORIZATION_CODE_ENDPOINT", "/session/events")]),
            &["AZURE_AUTHORIZATION_CODE_ENDPOINT", "session_path"],
            "one below",
        ),
        (Settings { login_path: Some("//x".to_owned()), ..complete() }, &["login_path"], "not a path"),
        (with(&[("AZURE_AUDIENCE", ",")]), &["AZURE_AUDIENCE"], "lists no audience"),
        (with(&[("AZURE_AUDIENCE", "https://graph.microsoft.com")]), &["AZURE_AUDIENCE"], "Microsoft Graph"),
        (with(&[("AZURE_EXPLAIN", "yes")]), &["AZURE_EXPLAIN"], "AZURE_EXPLAIN=1"),
        (with(&[("AZURE_GROUP_OVERAGE", "1")]), &["AZURE_GROUP_OVERAGE"], "AZURE_GROUP_OVERAGE=graph"),
        (with(&[("AZURE_GRAPH_URI", "graph")]), &["AZURE_GRAPH_URI"], "unset AZURE_GRAPH_URI"),
        (Settings { scopes: lists(&["a b"]), ..complete() }, &["scopes"], "`scopes([\"a\", \"b\"])`"),
        (Settings { scopes: lists(&["\\"]), ..complete() }, &["scopes"], "not a scope name"),
        (Settings { trusted_origins: lists(&["x"]), ..complete() }, &["trusted_origins"], "not a web address"),
        (Settings { trusted_origins: lists(&["https://x.example/y"]), ..complete() }, &["trusted_origins"], "a path"),
        (Settings { frame_ancestors: lists(&["*"]), ..complete() }, &["frame_ancestors"], "everybody cannot be named"),
        (Settings { frame_ancestors: lists(&["https://*.com"]), ..complete() }, &["frame_ancestors"], "two labels"),
        (Settings { frame_ancestors: lists(&["http://x.example"]), ..complete() }, &["frame_ancestors"], "loopback"),
        (Settings { idle_lifetime: Some(Duration::from_secs(5)), ..complete() }, &["idle_lifetime"], "found \"5 s\""),
        (
            Settings { absolute_lifetime: Some(Duration::from_secs(61)), ..complete() },
            &["idle_lifetime", "absolute_lifetime"],
            "61 s in all",
        ),
        (Settings { session_cookie_budget: Some(1), ..complete() }, &["session_cookie_budget"], "found \"1 bytes\""),
        (Settings { unreadable: vec!["AZURE_EXPLAIN"], ..complete() }, &["AZURE_EXPLAIN"], "not UTF-8"),
        (
            with(&[("AZURE_CLIENT_ID", "\"11111111-aaaa-4bbb-8ccc-222222222222\"")]),
            &["AZURE_CLIENT_ID"],
            "quotes around it",
        ),
    ]
}

#[test]
fn each_problem_has_its_variables_a_cause_and_a_remedy_that_names_what_to_write() {
    for (settings, variables, words) in table() {
        let error = judge(&settings).err().unwrap_or_else(|| panic!("{words}"));
        let [problem] = error.problems() else { panic!("{words}: {error}") };
        explains_itself(problem);
        assert_eq!(problem.variables(), variables, "{problem}");
        assert!(problem.to_string().contains(words), "{problem}\n{words}");
    }
    let of_file = ca_file_problem("x.pem", "the file has no certificate".to_owned(), "write AZURE_CA_FILE anew");
    let of_transport = transport_problem("no roots".to_owned());
    for error in [of_file, of_transport] {
        error.problems().iter().for_each(explains_itself);
    }
    explains_itself(&sessions::without_redis());
}

fn explains_itself(problem: &ConfigurationProblem) {
    let text = problem.to_string();
    assert!(text.starts_with(&problem.variables().join(", ")), "{text}");
    assert_eq!(text.lines().count(), 1, "{text}");
    assert!(!problem.cause().is_empty() && text.contains(problem.cause()), "{text}");
    assert!(text.ends_with(&format!("; {}", problem.remedy())), "{text}");
    assert!(problem.found().is_none_or(|found| text.contains(&format!("found {found:?}: "))), "{text}");
    assert!(problem.expected().is_none_or(|expected| text.contains(expected)), "{text}");
    // A variable, a field of a page, or what to write.
    assert!(problem.remedy().contains("AZURE_") || problem.remedy().contains(['`', '"']), "{text}");
}

#[test]
fn quotes_are_the_only_thing_said_of_a_text_that_is_right_without_them() {
    let plain = "0a0b".repeat(16);
    for (name, text) in [
        ("AZURE_CLIENT_ID", CLIENT),
        ("AZURE_CLIENT_SECRET", LONG),
        ("AZURE_CLIENT_CERTIFICATE_PATH", "x.pem"),
        ("AZURE_CLIENT_SEND_CERTIFICATE_CHAIN", "1"),
        ("AZURE_FEDERATED_TOKEN_FILE", "/var/token"),
        ("AZURE_CLIENT_CREDENTIAL", "secret"),
        ("IDENTITY_ENDPOINT", "http://localhost:42356/msi/token"),
        ("IDENTITY_HEADER", "word"),
        ("AZURE_POD_IDENTITY_AUTHORITY_HOST", "http://169.254.169.254"),
        ("AZURE_AUTHORITY_HOST", "https://login.microsoftonline.com"),
        ("AZURE_ISSUER_URI", "https://login.microsoftonline.com/contoso.com"),
        ("AZURE_VALID_TENANT_IDS", TENANT),
        ("AZURE_AUDIENCE", "api://x, api://y"),
        ("AZURE_AUTHORIZATION_CODE_ENDPOINT", "/back"),
        ("AZURE_POPUP_LOGIN_ENDPOINT", "/in"),
        ("AZURE_POPUP_LOGOUT_ENDPOINT", "/out"),
        ("AZURE_PUBLIC_URL", "https://a.example, https://b.example"),
        ("AZURE_SESSION_KEYS", &plain),
        ("AZURE_SESSION_STORE", "memory"),
        ("AZURE_GROUP_OVERAGE", "graph"),
        ("AZURE_GRAPH_URI", "https://graph.microsoft.com"),
        ("AZURE_EXPLAIN", "1"),
        ("AZURE_TENANT_ID", TENANT),
        ("AZURE_CA_FILE", "x.pem"),
    ] {
        let with = |text: &str| with(&[("AZURE_CLIENT_CREDENTIAL", "secret"), (name, text)]);
        assert!(judge(&with(text)).is_ok(), "{name}");
        for (start, end) in [('"', '"'), ('\'', '\''), ('\u{201c}', '\u{201d}')] {
            let error = judge(&with(&format!("{start}{text}{end}"))).err().expect(name);
            let [problem] = error.problems() else { panic!("{name}: {error}") };
            assert_eq!((problem.variable(), problem.found()), (name, None), "{error}");
            assert!(problem.cause() == "the text has quotes around it" && problem.remedy().contains(name), "{error}");
        }
        let named = Settings::variables();
        assert!(named.contains(&name) && named.len() == 25, "every variable is here: {named:?}");
    }
}

#[test]
fn no_secret_gets_into_a_problem_or_a_warning_whatever_the_variable_that_it_was_put_into() {
    let key = "a2V5LW9mLW1vcmUtdGhhbi0zMi1ieXRlcy1oZXJlIQ";
    let redis = "rediss://someone:w0rd-of-Redis@cache.example.com:6380/0?prefix=w0rd-of-Redis";
    let web = "https://someone:w0rd-of-Web@app.example.com/x?code=w0rd-of-Web#w0rd-of-Web";
    let bare = "someone:w0rd-of-Bare@app.example.com";
    let secrets = [LONG, key, "w0rd-of", "someone"];
    let check = |text: &str, about: &str| {
        for secret in secrets {
            assert!(!text.contains(secret), "{secret} in {about}: {text}");
        }
    };
    for name in Settings::variables() {
        for planted in [LONG, key, redis, web, bare] {
            for text in
                [planted.to_owned(), format!("\"{planted}\""), format!("{planted},{planted}"), format!("<{planted}>")]
            {
                // An audience is an address that access tokens name, and a file's path is no secret: both are accepted as
                // they are.
                match judge(&with(&[(name, &text)])) {
                    Err(error) => check(&format!("{error} {error:?} {:?}", error.problems()), name),
                    Ok(configuration) if name != "AZURE_AUDIENCE" => {
                        check(&format!("{:?} {:?}", configuration.without_effect, configuration.misspelt), name);
                    }
                    Ok(_) => {}
                }
            }
        }
    }
}

#[test]
fn a_misspelt_variable_keeps_nobody_from_starting_and_is_remembered() {
    let configuration = judge(&with(&[("AZURE_PUBLICURL", "https://a.example")])).unwrap();
    assert_eq!(configuration.misspelt, [("AZURE_PUBLICURL".to_owned(), "AZURE_PUBLIC_URL")]);
}
