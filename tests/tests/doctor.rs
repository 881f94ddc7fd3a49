//! What a program says of itself when its arguments ask: the example `hybrid`, as those who run it see it.

use std::path::{Path, PathBuf};

use azure_auth_emulator::{Application, Defect, Emulator, EmulatorBuilder, SignedBy};
use azure_auth_tests::browser::Browser;
use azure_auth_tests::inspection::{self, Answer, Variables};
use azure_auth_tests::program::Program;
use poem::http::Method;
use serde_json::Value;

/// Asks the example.
async fn ask(arguments: &[&str], variables: &Variables, input: &str) -> Answer {
    inspection::ask("hybrid", arguments, variables, input).await
}

async fn examine(variables: &Variables) -> Answer {
    ask(&["--auth-doctor=json"], variables, "").await
}

/// The emulator's settings, with others in their place or beside them; an empty one is left out.
fn settings(emulator: &Emulator, changes: &[(&str, &str)]) -> Variables {
    let mut variables = emulator.env();
    for (name, value) in changes {
        variables.retain(|(known, _)| known != name);
        if !value.is_empty() {
            variables.push(((*name).to_owned(), (*value).to_owned()));
        }
    }
    variables
}

const CALLBACK: &str = "http://localhost/authorization-code/callback";
const KEYS: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";

#[tokio::test]
async fn a_sound_program_is_clean() {
    let at = |url: &str| Application::new("Registered").redirect_uri(format!("{url}/authorization-code/callback"));
    let public = "https://app.example.com";
    for (what, builder, authority, changes) in [
        ("as the emulator proposes", Emulator::builder(), None, &[][..]),
        ("for several tenants", Emulator::builder(), Some("common"), &[][..]),
        ("with a public address", Emulator::builder().application(at(public)), None, &[("AZURE_PUBLIC_URL", public)]),
        ("with sessions in memory", Emulator::builder(), None, &[("AZURE_SESSION_STORE", "memory")]),
        ("with keys of its own", Emulator::builder(), None, &[("AZURE_SESSION_KEYS", KEYS)]),
        ("with TLS", Emulator::builder().https(), None, &[]),
    ] {
        let emulator = builder.start().await.unwrap();
        let mut variables = settings(&emulator, changes);
        if let Some(authority) = authority {
            variables.retain(|(name, _)| name != "AZURE_ISSUER_URI");
            variables.extend(
                emulator
                    .env_for(authority)
                    .into_iter()
                    .filter(|(name, _)| name == "AZURE_ISSUER_URI" || name == "AZURE_VALID_TENANT_IDS"),
            );
        }
        let answer = examine(&variables).await;
        assert_eq!(answer.findings(), [], "{what}: {}", answer.text);
        assert_eq!((answer.status, answer.json()["outcome"].as_str()), (0, Some("sound")), "{what}");
        assert_eq!(answer.complaint, "", "{what}");
        let checks: Vec<Value> = answer.json()["checks"].as_array().unwrap().clone();
        let names: Vec<&str> = checks.iter().map(|check| check["name"].as_str().unwrap()).collect();
        let expected = [
            "configuration",
            "discovery",
            "keys",
            "clock",
            "client credential",
            "redirect URIs",
            "cookies",
            "session store",
            "rows",
        ];
        assert_eq!(names, expected, "{what}");
    }
}

/// How a registration or a provider is wrong: what it is made to do, and the settings of the program.
type Wrong<'w> = (EmulatorBuilder, Option<Defect>, Vec<(&'w str, &'w str)>);

#[tokio::test]
async fn each_defect_of_a_registration_or_a_provider_is_found_and_named() {
    let plain = Emulator::builder;
    let with = |defect| (plain(), Some(defect), Vec::new());
    let set = |name, value| (plain(), None, vec![(name, value)]);
    let page = || Application::new("Page").single_page_redirect_uri(CALLBACK);
    let nobody = "11111111-aaaa-4bbb-8ccc-222222222222";
    let closed = "redis://me:PLANTED-word@127.0.0.1:1";
    let table: Vec<(&str, Wrong<'_>)> = vec![
        ("discovery-failed", with(Defect::DiscoveryServerError)),
        ("discovery-unreadable", with(Defect::DiscoveryHtml)),
        ("discovery-too-large", with(Defect::DiscoveryHuge)),
        ("discovery-redirected", with(Defect::DiscoveryRedirects)),
        ("discovery-of-another-issuer", with(Defect::DiscoveryIssuerWrong)),
        ("discovery-without-tls", with(Defect::DiscoveryOpenEndpoint)),
        ("discovery-unreadable", with(Defect::DiscoveryEmpty)),
        ("keys-failed", with(Defect::KeysServerError)),
        ("keys-unreadable", with(Defect::KeysHtml)),
        ("keys-too-large", with(Defect::KeysHuge)),
        ("keys-redirected", with(Defect::KeysRedirect)),
        ("keys-none-usable", with(Defect::KeysEmpty)),
        ("clock-off", with(Defect::ClockAhead)),
        ("clock-off", with(Defect::ClockBehind)),
        ("secret-expired", with(Defect::TokenSecretExpired)),
        ("secret-wrong", set("AZURE_CLIENT_SECRET", "PLANTED-of-another-application-and-long")),
        ("secret-is-its-id", set("AZURE_CLIENT_SECRET", "7777eeee-aaaa-4bbb-8ccc-222222222222")),
        ("client-unknown", set("AZURE_CLIENT_ID", nobody)),
        ("tenant-unknown", set("AZURE_ISSUER_URI", "{origin}/11111111-aaaa-4bbb-8ccc-222222222222")),
        ("discovery-unreachable", set("AZURE_ISSUER_URI", "http://127.0.0.1:1/11111111-aaaa-4bbb-8ccc-222222222222")),
        ("redirect-uri-not-registered", set("AZURE_PUBLIC_URL", "https://other.example.com")),
        ("redirect-uri-of-a-page", (plain().application(page()), None, Vec::new())),
        ("discovery-untrusted", (plain().https(), None, vec![("AZURE_CA_FILE", "")])),
        ("session-store-unreachable", set("AZURE_SESSION_STORE", closed)),
        ("row-needs-sign-in", set("AZURE_CLIENT_SECRET", "")),
        ("setting-missing", set("AZURE_ISSUER_URI", "")),
        ("setting-wrong", set("AZURE_EXPLAIN", "perhaps")),
    ];
    for (name, (builder, defect, changes)) in table {
        let emulator = builder.start().await.unwrap();
        if let Some(defect) = defect {
            emulator.inject(defect);
        }
        let mut variables = settings(&emulator, &changes);
        for (_, value) in &mut variables {
            *value = value.replace("{origin}", emulator.origin());
        }
        let what = format!("{name} {defect:?} {changes:?}");
        let answer = examine(&variables).await;
        let problems = answer.problems();
        assert!(problems.iter().any(|found| found == name), "{what}: {}", answer.text);
        // The id of the application is asked about at both endpoints.
        assert!(problems.iter().all(|found| found == name), "{what}: {problems:?}");
        assert_eq!((answer.status, answer.json()["outcome"].as_str()), (1, Some("problem")), "{what}");
        for finding in answer.json()["findings"].as_array().unwrap() {
            for part in ["cause", "found", "expected", "remedy"] {
                assert!(finding[part].as_str().is_some_and(|text| !text.is_empty()), "{what}: {finding}");
            }
        }
        assert_no_secrets(&answer, &variables);
    }
}

/// Nothing of it is for others to read.
fn assert_no_secrets(answer: &Answer, variables: &Variables) {
    let said = format!("{} {}", answer.text, answer.complaint);
    let secret = variables.iter().find(|(name, _)| name == "AZURE_CLIENT_SECRET").map(|(_, secret)| secret.as_str());
    for planted in secret.into_iter().chain(["PLANTED", KEYS]) {
        assert!(!said.contains(planted), "{planted}: {said}");
    }
}

#[tokio::test]
async fn what_cannot_be_known_is_neither_sound_nor_a_problem() {
    for (name, defect) in [
        ("credential-not-known", Defect::TokenServerError),
        ("credential-not-known", Defect::TokenHtml),
        ("credential-not-known", Defect::TokenRedirects),
    ] {
        let emulator = Emulator::start().await.unwrap();
        emulator.inject(defect);
        let answer = examine(&emulator.env()).await;
        assert_eq!(answer.findings(), [("unknown".to_owned(), name.to_owned())], "{defect:?}: {}", answer.text);
        assert_eq!((answer.status, answer.json()["outcome"].as_str()), (2, Some("unknown")), "{defect:?}");
    }
}

#[tokio::test]
async fn what_needs_another_thing_first_is_said_to_be_unknown() {
    let emulator = Emulator::start().await.unwrap();
    emulator.inject(Defect::DiscoveryHtml);
    let answer = examine(&emulator.env()).await;
    let unknown: Vec<Value> = answer.json()["findings"].as_array().unwrap().clone();
    let unknown: Vec<&str> = unknown
        .iter()
        .filter(|finding| finding["severity"] == "unknown")
        .map(|finding| finding["check"].as_str().unwrap())
        .collect();
    assert_eq!(unknown, ["keys", "clock", "client credential", "redirect URIs"]);
    let nothing = examine(&Vec::new()).await;
    assert_eq!(nothing.problems(), ["nothing-configured"]);
    assert_eq!(nothing.status, 1);
}

#[tokio::test]
async fn a_provider_without_tenants_is_examined_as_well() {
    let emulator = Emulator::start().await.unwrap();
    let sound = examine(&emulator.env_for("plain")).await;
    assert_eq!((sound.status, sound.findings()), (0, Vec::new()), "{}", sound.text);
    let mut variables = emulator.env_for("plain");
    variables.retain(|(name, _)| name != "AZURE_CLIENT_SECRET");
    variables.push(("AZURE_CLIENT_SECRET".to_owned(), "PLANTED-of-another-application-and-long".to_owned()));
    let answer = examine(&variables).await;
    assert_eq!(answer.problems(), ["secret-wrong"], "{}", answer.text);
    assert_no_secrets(&answer, &variables);
}

/// Requests that reach each row of the table.
const ROWS: [(&str, &str, &str); 10] = [
    ("/", "GET", "/"),
    ("/me", "GET", "/me"),
    ("/api/public", "GET", "/api/public"),
    ("/api/me", "GET", "/api/me"),
    ("/api/admin", "GET", "/api/admin"),
    ("/api/files", "GET", "/api/files"),
    ("/api/files", "POST", "/api/files"),
    ("/api/staff", "GET", "/api/staff"),
    ("/api/live", "GET", "/api/live"),
    ("/handbook/*", "ANY", "/handbook/index.html"),
];

fn tokens(emulator: &Emulator) -> Vec<(&'static str, String)> {
    let user = |name: &str| emulator.access_token().user(format!("{name}@contoso.test"));
    let alex = || user("alex").scope("Files.Read");
    let daemon = || emulator.access_token().application("Local daemon");
    let other = "99999999-9999-4999-8999-999999999999";
    let cut = |token: String| token[..token.len() - 8].to_owned();
    vec![
        ("reader", alex().issue()),
        ("writer", user("alex").scope("Files.ReadWrite").issue()),
        ("both", alex().scope("Files.ReadWrite").issue()),
        ("administrator", user("adele").scope("Files.Read").issue()),
        ("member of too many groups", user("isaiah").scope("Files.Read").issue()),
        ("daemon", daemon().role("Files.Read.All").issue()),
        ("daemon with another role", daemon().claim("roles", vec!["Other"]).issue()),
        ("tool", emulator.access_token().application("Local tool").issue()),
        ("version 1", alex().version(1).issue()),
        ("expired", alex().expires_in(-3600).issue()),
        ("expired within the leeway", alex().expires_in(-60).issue()),
        ("other audience", alex().audience(other).issue()),
        ("other tenant", alex().tenant("bbbbbbbb-0000-4000-8000-000000000002").issue()),
        ("ID token", alex().id_token().issue()),
        ("Graph token", alex().graph().issue()),
        ("forged", alex().signed_by(SignedBy::Impostor).issue()),
        ("cut", cut(alex().issue())),
        ("not a token", "nothing-that-is-signed".to_owned()),
        ("two", format!("{},{}", alex().issue(), alex().issue())),
    ]
}

#[tokio::test]
async fn a_token_is_explained_as_the_running_program_answers_it() {
    let emulator = Emulator::start().await.unwrap();
    let log = Path::new(env!("CARGO_TARGET_TMPDIR")).join("doctor-explained.log");
    let program = Program::start("hybrid", &emulator.env(), &log);
    let browser = Browser::new();
    let mut refusals = std::collections::BTreeSet::new();
    for (holder, token) in tokens(&emulator) {
        let answer = ask(&["--auth-explain=json", "-"], &emulator.env(), &format!("{token}\n")).await;
        assert_eq!(answer.complaint, "", "{holder}");
        let explained = answer.json();
        let rows = explained["rows"].as_array().unwrap();
        assert_eq!(rows.len(), ROWS.len());
        for (row, (pattern, method, path)) in rows.iter().zip(ROWS) {
            assert_eq!((row["path"].as_str(), row["method"].as_str().unwrap_or("ANY")), (Some(pattern), method));
            let method = if method == "ANY" { "GET" } else { method };
            let method = Method::from_bytes(method.as_bytes()).unwrap();
            let call = browser.program(method, program.at(path)).header("authorization", &format!("Bearer {token}"));
            let reply = call.send().await;
            let code = row["refused"]["code"].as_str().map(str::to_owned);
            assert_eq!(reply.reason(), code, "{holder} at {pattern}: {}", reply.text);
            assert_eq!(row["outcome"] == "admitted", code.is_none(), "{holder} at {pattern}: {row}");
            if code.is_some() {
                assert_eq!(row["refused"]["status"], reply.status, "{holder} at {pattern}");
            } else {
                assert!(matches!(reply.status, 200 | 400), "{holder} at {pattern}: {}", reply.status);
            }
            refusals.extend(code);
        }
        let is_refused = !explained["refused"].is_null();
        assert_eq!(answer.status, i32::from(is_refused), "{holder}");
        for secret in token.split('.').filter(|part| part.len() > 8) {
            assert!(!answer.text.contains(secret), "{holder}: {}", answer.text);
        }
        for personal in ["Alex", "Wilber", "Adele", "contoso.test", "oid", "\"sub\""] {
            assert!(!answer.text.contains(personal), "{holder}: {personal} in {}", answer.text);
        }
    }
    assert!(refusals.len() >= 13, "{refusals:?}");
}

#[tokio::test]
async fn a_token_is_taken_from_standard_input_only() {
    let emulator = Emulator::start().await.unwrap();
    let token = emulator.access_token().user("alex@contoso.test").scope("Files.Read").issue();
    let env = emulator.env();
    for arguments in
        [&["--auth-explain", &token][..], &[&format!("--auth-explain={token}")], &["--auth-explain", "Bearer"]]
    {
        let answer = ask(arguments, &env, "").await;
        assert_eq!((answer.status, answer.text.as_str()), (2, ""));
        assert!(answer.complaint.contains("treat it as leaked"), "{}", answer.complaint);
        assert!(!answer.complaint.contains(&token[..12]), "{}", answer.complaint);
    }
    for (arguments, input, expected) in [
        (&["--auth-explain"][..], token.clone(), "write `--auth-explain -`"),
        (&["--auth-explain", "-"], String::new(), "found nothing on standard input"),
        (&["--auth-explain", "-"], "Bearer \n".to_owned(), "found nothing on standard input"),
        (&["--auth-explain", "-"], "x".repeat(20_000), "found more than 16384 bytes"),
        (&["--auth-doctor=xml"], String::new(), "expected one of `text` and `json`"),
        (&["--auth-report=pdf"], String::new(), "expected one of `text`, `json` and `markdown`"),
    ] {
        let answer = ask(arguments, &env, &input).await;
        assert_eq!((answer.status, answer.text.as_str()), (2, ""), "{arguments:?}");
        assert!(answer.complaint.contains(expected), "{arguments:?}: {}", answer.complaint);
    }
    for input in [token.clone(), format!("Bearer {token}"), format!("bearer  {token}\r\n"), format!("\n{token}\n\n")] {
        assert_eq!(ask(&["--auth-explain", "-"], &env, &input).await.status, 0);
    }
    let unconfigured = ask(&["--auth-explain", "-"], &Vec::new(), &token).await;
    assert_eq!((unconfigured.status, unconfigured.text.as_str()), (2, ""));
    assert!(unconfigured.complaint.contains("AZURE_ISSUER_URI"), "{}", unconfigured.complaint);
}

#[tokio::test]
async fn a_token_that_cannot_be_judged_is_not_called_refused() {
    let emulator = Emulator::start().await.unwrap();
    let token = emulator.access_token().user("alex@contoso.test").scope("Files.Read").issue();
    emulator.inject(Defect::KeysServerError);
    let answer = ask(&["--auth-explain=json", "-"], &emulator.env(), &token).await;
    assert_eq!(answer.status, 2, "{}", answer.text);
    assert_eq!(answer.json()["refused"]["status"], 503, "{}", answer.text);
}

#[tokio::test]
async fn the_report_needs_no_configuration() {
    for form in ["--auth-report", "--auth-report=text", "--auth-report=json", "--auth-report=markdown"] {
        let answer = ask(&[form], &Vec::new(), "").await;
        assert_eq!(answer.status, 0, "{}", answer.complaint);
        assert!(answer.text.contains("/api/admin"), "{}", answer.text);
    }
}

/// What people read is reviewed. `AZURE_AUTH_UPDATE_DOCUMENTS=1` writes it anew.
#[tokio::test]
async fn the_texts_are_as_they_were_reviewed() {
    let emulator = Emulator::start().await.unwrap();
    let token = emulator.access_token().user("adele@contoso.test").scope("Files.Read").issue();
    let expired = emulator.access_token().user("adele@contoso.test").expires_in(-3600).issue();
    let wrong = [
        ("AZURE_CLIENT_SECRET", "PLANTED-of-another-application-and-long"),
        ("AZURE_PUBLIC_URL", "https://app.example.com"),
        ("AZURE_SESSION_STORE", "redis://me:PLANTED-word@127.0.0.1:1"),
    ];
    for (name, arguments, variables, input) in [
        ("sound", &["--auth-doctor"][..], emulator.env(), ""),
        ("wrong", &["--auth-doctor"], settings(&emulator, &wrong), ""),
        ("nothing", &["--auth-doctor"], Vec::new(), ""),
        ("token", &["--auth-explain", "-"], emulator.env(), &token),
        ("expired", &["--auth-explain", "-"], emulator.env(), &expired),
    ] {
        let answer = ask(arguments, &variables, input).await;
        assert!(answer.text.lines().all(|line| line.chars().count() <= 120), "{name}: {}", answer.text);
        assert_reviewed(name, &masked(&answer.text, &emulator));
        assert_no_secrets(&answer, &variables);
    }
}

/// Without what is another at every run.
fn masked(text: &str, emulator: &Emulator) -> String {
    let client_id = emulator.env().into_iter().find(|(name, _)| name == "AZURE_CLIENT_ID").unwrap().1;
    let text = text.replace(emulator.origin(), "http://127.0.0.1:8400").replace(&client_id, "<client id>");
    let line = |line: &str| {
        let (name, rest) = line.trim_start().split_once(' ').unwrap_or_default();
        match name {
            "kid" | "exp" => format!("  {name} …"),
            "session" if rest.contains("azure-session-") => {
                format!("  {name} …;{}", rest.split_once(';').map_or("", |(_, rest)| rest))
            }
            _ => without_times(line),
        }
    };
    text.lines().map(|text| line(text) + "\n").collect()
}

/// Seconds since 1970 have ten digits.
fn without_times(line: &str) -> String {
    let is_time = |word: &str| word.len() == 10 && word.bytes().all(|byte| byte.is_ascii_digit());
    line.split_inclusive(|letter: char| !letter.is_ascii_digit())
        .map(|part| {
            let word = part.trim_end_matches(|letter: char| !letter.is_ascii_digit());
            if is_time(word) { format!("<time>{}", &part[word.len()..]) } else { part.to_owned() }
        })
        .collect()
}

fn assert_reviewed(name: &str, found: &str) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/inspected").join(format!("{name}.txt"));
    if std::env::var_os("AZURE_AUTH_UPDATE_DOCUMENTS").is_some() {
        std::fs::write(&path, found).unwrap();
    }
    let reviewed = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(reviewed, found, "review it, and run this test with AZURE_AUTH_UPDATE_DOCUMENTS=1");
}
