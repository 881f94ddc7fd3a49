//! What keeps a program from starting, and what it says of a start that is not what was meant.

use std::net::{Ipv4Addr, TcpListener};
use std::process::{Command, Stdio};

use azure_auth_tests::browser::Browser;
use azure_auth_tests::program;

use crate::stage::Hybrid;

const TENANT: &str = "33333333-cccc-4ddd-8eee-444444444444";
const CLIENT: &str = "11111111-aaaa-4bbb-8ccc-222222222222";
const SECRET: &str = "Q~k8Q~AbCdEfGhIjKlMnOpQrStUvWxYz01234567";

/// What the example says to whoever starts it with these variables, and that is why it ends.
fn refused(variables: &[(&str, &str)]) -> String {
    let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|listener| listener.local_addr()).unwrap();
    let mut command = Command::new(program::built("hybrid"));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("AZURE_") {
            command.env_remove(name);
        }
    }
    let output = command
        .envs(variables.iter().copied())
        .env("BIND", free.to_string())
        // A developer's `.env` in the repository does not concern this program.
        .current_dir(std::env::temp_dir())
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert!(!output.status.success(), "{variables:?}");
    assert!(output.stdout.is_empty(), "it is not served: {}", String::from_utf8_lossy(&output.stdout));
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(!text.contains(SECRET), "{text}");
    let (_, error) = text.split_once("Error: ").unwrap_or_else(|| panic!("{text}"));
    error.trim_end().to_owned()
}

/// The example with all that it needs, and these in place of it.
fn refused_with(changes: &[(&str, &str)]) -> String {
    let issuer = format!("https://login.microsoftonline.com/{TENANT}");
    let complete =
        [("AZURE_ISSUER_URI", issuer.as_str()), ("AZURE_CLIENT_ID", CLIENT), ("AZURE_CLIENT_SECRET", SECRET)];
    let variables: Vec<(&str, &str)> = complete.into_iter().chain(changes.iter().copied()).collect();
    refused(&variables)
}

/// The only problem of an error.
fn only(error: &str) -> &str {
    let mut lines = error.lines();
    assert_eq!(lines.next(), Some("the configuration of azure-auth is not complete"), "{error}");
    let problem = lines.next().expect("a problem");
    assert!(lines.next().is_none_or(str::is_empty), "one problem alone: {error}");
    problem.trim_start()
}

#[test]
fn what_is_missing_together_is_named_together_with_lines_to_fill_in() {
    let error = refused(&[("AZURE_PUBLIC_URL", "https://app.example.com")]);
    let problem = only(&error);
    assert!(problem.starts_with("AZURE_ISSUER_URI, AZURE_CLIENT_ID, AZURE_CLIENT_SECRET: not set; "), "{error}");
    for place in ["\"Directory (tenant) ID\"", "\"Application (client) ID\"", "\"Value\" of Certificates & secrets"] {
        assert!(problem.contains(place), "{error}");
    }
    let to_paste = "\
# For `.env` or the environment; from https://entra.microsoft.com, App registrations, your application:
# Overview, \"Directory (tenant) ID\"
AZURE_ISSUER_URI=https://login.microsoftonline.com/<tenant id>
# Overview, \"Application (client) ID\"
AZURE_CLIENT_ID=<client id>
# Certificates & secrets, the column \"Value\", shown once; without it nobody signs in
AZURE_CLIENT_SECRET=<value of the secret>";
    assert!(error.ends_with(to_paste), "{error}");

    let error = refused(&[("AZURE_CLIENT_ID", CLIENT)]);
    assert!(only(&error).starts_with("AZURE_ISSUER_URI, AZURE_CLIENT_SECRET: not set; "), "{error}");
    assert!(!error.contains("AZURE_CLIENT_ID="), "what is set is not asked for: {error}");
}

#[test]
fn an_issuer_that_is_none_is_answered_with_the_one_to_write() {
    let right = format!("write `https://login.microsoftonline.com/{TENANT}`");
    let short = &TENANT[..35];
    for (issuer, words) in [
        (TENANT.to_owned(), [format!("found \"{TENANT}\": this is a tenant alone"), right.clone()]),
        (format!("login.microsoftonline.com/{TENANT}"), ["the address has no `https://`".to_owned(), right]),
        (
            format!("https://login.microsoftonline.com/{short}"),
            [
                format!("the tenant `{short}` has 35 characters, and an id has 36: 8-4-4-4-12 hexadecimal digits"),
                "copy \"Directory (tenant) ID\"".to_owned(),
            ],
        ),
        (
            "https://login.microsoftonline.com".to_owned(),
            ["the address names no tenant".to_owned(), "\"Directory (tenant) ID\"".to_owned()],
        ),
        (
            "https://login.microsoftonline.com/contoso".to_owned(),
            [
                "`contoso` is neither a tenant id nor a verified domain".to_owned(),
                "`contoso.onmicrosoft.com`".to_owned(),
            ],
        ),
    ] {
        let error = refused_with(&[("AZURE_ISSUER_URI", &issuer)]);
        let problem = only(&error);
        assert!(
            problem.starts_with("AZURE_ISSUER_URI: ") && words.iter().all(|word| problem.contains(word)),
            "{error}"
        );
    }
}

#[test]
fn an_authority_of_every_tenant_names_its_word_and_both_ways_out() {
    for word in ["common", "organizations"] {
        let error = refused_with(&[("AZURE_ISSUER_URI", &format!("https://login.microsoftonline.com/{word}"))]);
        let problem = only(&error);
        for words in [
            format!("AZURE_ISSUER_URI names `{word}`"),
            format!("write the tenant id in place of `{word}` in AZURE_ISSUER_URI"),
            "or list in AZURE_VALID_TENANT_IDS".to_owned(),
            "or `*` for every work tenant".to_owned(),
        ] {
            assert!(problem.contains(&words), "{error}");
        }
    }
}

#[test]
fn keys_and_secrets_say_what_is_wrong_without_their_text() {
    let good = "0a0b".repeat(16);
    let error = refused_with(&[("AZURE_SESSION_KEYS", &format!("{good},c2hvcnQta2V5"))]);
    let expected =
        "AZURE_SESSION_KEYS: key 2 of 2 has 9 bytes, of 32 required; make one with `openssl rand -base64 32`";
    assert_eq!(only(&error), expected);
    assert!(!error.contains("c2hvcnQta2V5") && !error.contains(&good), "{error}");

    for (secret, words) in [
        (TENANT, "that is the secret's id, not its value; copy the column \"Value\""),
        ("<value of the secret>", "the text is a placeholder, not a secret; copy the column \"Value\""),
        (
            "\"Q~k8Q~AbCdEfGhIjKlMnOpQrStUvWxYz01234567\"",
            "quotes around it; write AZURE_CLIENT_SECRET=… without quotes",
        ),
    ] {
        let error = refused_with(&[("AZURE_CLIENT_SECRET", secret)]);
        let problem = only(&error);
        assert!(problem.starts_with("AZURE_CLIENT_SECRET: ") && problem.contains(words), "{error}");
        assert!(!error.contains(secret), "{error}");
    }
}

#[test]
fn quotes_that_docker_keeps_are_named_for_each_variable() {
    let error = refused_with(&[
        ("AZURE_ISSUER_URI", &format!("\"https://login.microsoftonline.com/{TENANT}\"")),
        ("AZURE_CLIENT_ID", &format!("'{CLIENT}'")),
        ("AZURE_PUBLIC_URL", "\"https://app.example.com\""),
    ]);
    let problems: Vec<&str> = error.lines().skip(1).map(str::trim_start).collect();
    assert_eq!(problems.len(), 3, "{error}");
    for name in ["AZURE_ISSUER_URI", "AZURE_CLIENT_ID", "AZURE_PUBLIC_URL"] {
        let expected = format!("{name}: the text has quotes around it; write {name}=… without quotes");
        assert!(problems.iter().any(|problem| problem.starts_with(&expected)), "{error}");
    }
}

#[test]
fn a_misspelt_variable_is_the_cause_of_a_missing_one() {
    let issuer = format!("https://login.microsoftonline.com/{TENANT}");
    let error = refused(&[("AZURE_ISSUER_URI", &issuer), ("AZURE_CLIENTID", CLIENT), ("AZURE_CLIENT_SECRET", SECRET)]);
    let expected = "AZURE_CLIENT_ID: not set, and AZURE_CLIENTID, which is set, is not read; rename AZURE_CLIENTID to \
                    AZURE_CLIENT_ID";
    assert_eq!(only(&error), expected);
    assert!(!error.contains(CLIENT), "values are never printed: {error}");
}

#[tokio::test]
async fn a_misspelt_variable_that_nothing_needs_is_a_warning_and_others_of_azure_are_none() {
    let emulator = azure_auth_emulator::Emulator::builder();
    let hybrid = Hybrid::at(
        emulator,
        [("AZURE_VALID_TENANT", "the-value"), ("AZURE_TENANT_ID", TENANT), ("AZURE_CONFIG_DIR", "/tmp")],
    )
    .await;
    // It is served, and so it has said what it says at start.
    assert_eq!(Browser::new().open(hybrid.program.at("/")).await.status, 200);
    let line = hybrid.line(&["WARN", "azure_auth::startup", "is not read"]);
    assert!(line.contains("AZURE_VALID_TENANT is not read; AZURE_VALID_TENANT_IDS was probably meant"), "{line}");
    for silent in ["the-value", "AZURE_TENANT_ID", "AZURE_CONFIG_DIR"] {
        assert!(!hybrid.log().contains(silent), "{}", hybrid.log());
    }
}

#[tokio::test]
async fn what_is_set_without_effect_is_named_with_the_reason() {
    let key = "0a0b".repeat(16);
    let hybrid = Hybrid::with([
        ("AZURE_SESSION_STORE", "memory"),
        ("AZURE_SESSION_KEYS", key.as_str()),
        ("AZURE_POPUP_LOGIN_ENDPOINT", "/window"),
        ("AZURE_CA_FILE", concat!(env!("CARGO_MANIFEST_DIR"), "/../azure-auth/src/io/provider/ca_file_tests.pem")),
    ])
    .await;
    assert_eq!(Browser::new().open(hybrid.program.at("/")).await.status, 200);
    for (name, reason) in [
        ("AZURE_SESSION_KEYS", "sessions are in this process (AZURE_SESSION_STORE=memory)"),
        ("AZURE_POPUP_LOGIN_ENDPOINT", "`frame_ancestors` names nobody"),
        ("AZURE_CA_FILE", "begins with `http`"),
    ] {
        hybrid.line(&["WARN", "azure_auth::startup", &format!("{name} is without effect: "), reason]);
    }
    assert!(!hybrid.log().contains(&key), "{}", hybrid.log());
}
