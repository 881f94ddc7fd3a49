//! Configuration: all problems at once, in words that name the remedy, and no network before it is needed.

use std::process::Command;

use azure_auth::{AzureAuth, AzureAuthBuilder, ConfigurationError};
use azure_auth_emulator::{Defect, Emulator};
use azure_auth_tests::application::Application;
use azure_auth_tests::browser::Browser;
use azure_auth_tests::guestbook::{Entries, guestbook};
use azure_auth_tests::scene::{auth, builder};

const SECRET: &str = "a-client-secret-of-more-than-32-characters";

fn complete() -> AzureAuthBuilder {
    AzureAuth::builder()
        .issuer_uri("https://login.microsoftonline.com/33333333-cccc-4ddd-8eee-444444444444")
        .client_id("11111111-aaaa-4bbb-8ccc-222222222222")
        .client_secret(SECRET)
}

fn variables_with_problems(error: &ConfigurationError) -> Vec<&str> {
    error.problems().iter().map(azure_auth::ConfigurationProblem::variable).collect()
}

#[test]
fn three_settings_are_enough() {
    assert!(complete().build().is_ok());
}

#[test]
fn all_problems_are_reported_together_for_people() {
    let error = AzureAuth::from_variables(std::iter::empty::<(&str, &str)>()).unwrap_err();
    let [problem] = error.problems() else { panic!("what belongs together is one problem: {error}") };
    assert_eq!(problem.variables(), ["AZURE_ISSUER_URI", "AZURE_CLIENT_ID", "AZURE_CLIENT_SECRET"]);
    let error = AzureAuth::from_variables([
        ("AZURE_ISSUER_URI", "https://login.microsoftonline.com/common"),
        ("AZURE_CLIENT_ID", "my application"),
        ("AZURE_CLIENT_SECRET", "22222222-aaaa-4bbb-8ccc-222222222222"),
        ("AZURE_PUBLIC_URL", "http://app.example.com"),
        ("AZURE_SESSION_KEYS", "c2hvcnQ"),
        ("AZURE_EXPLAIN", "yes"),
    ])
    .unwrap_err();
    let expected = [
        "AZURE_CLIENT_ID",
        "AZURE_CLIENT_SECRET",
        "AZURE_VALID_TENANT_IDS",
        "AZURE_PUBLIC_URL",
        "AZURE_SESSION_KEYS",
        "AZURE_EXPLAIN",
    ];
    assert_eq!(variables_with_problems(&error), expected);
    // What `main() -> Result` prints is the list.
    assert_eq!(format!("{error:?}"), error.to_string());
    assert_eq!(error.to_string().lines().count(), 1 + expected.len(), "{error}");
}

#[test]
fn settings_in_code_are_judged_like_variables() {
    for (builder, variable) in [
        (complete().client_id(""), "AZURE_CLIENT_ID"),
        (complete().issuer_uri("login.microsoftonline.com/common"), "AZURE_ISSUER_URI"),
        (complete().issuer_uri("https://login.microsoftonline.com/common"), "AZURE_VALID_TENANT_IDS"),
        (complete().accepted_tenants([]), "AZURE_VALID_TENANT_IDS"),
        (complete().public_urls(["https://app.example.com/path?x"]), "AZURE_PUBLIC_URL"),
        (complete().public_urls(["https://app.example.com", "http://localhost:3000"]), "AZURE_PUBLIC_URL"),
        (complete().session_keys(["not a key"]), "AZURE_SESSION_KEYS"),
        (complete().callback_path("callback"), "AZURE_AUTHORIZATION_CODE_ENDPOINT"),
        (complete().login_path("//login"), "login_path"),
        (complete().logout_path("/out?x"), "logout_path"),
        (complete().session_path("/"), "session_path"),
        (complete().login_path("/logout"), "login_path"),
        (complete().scopes(["open id"]), "scopes"),
        (complete().trusted_origins(["partner.example"]), "trusted_origins"),
        (complete().idle_lifetime(std::time::Duration::from_secs(1)), "idle_lifetime"),
    ] {
        let error = builder.build().unwrap_err();
        assert_eq!(variables_with_problems(&error), [variable], "{error}");
    }
}

#[test]
fn no_secret_is_ever_printed() {
    let keys = "c2VjcmV0LWtleS1vZi1leGFjdGx5LTMyLWJ5dGVzLXh4";
    let builder = complete().session_keys([keys]);
    let auth = builder.clone().build().unwrap();
    let wrong = builder.clone().client_id("x").session_keys([keys, "c2hvcnQ"]).build().unwrap_err();
    for printed in [format!("{builder:?}"), format!("{auth:?}"), format!("{wrong:?}"), wrong.to_string()] {
        for secret in [SECRET, keys, "c2hvcnQ"] {
            assert!(!printed.contains(secret), "{printed}");
        }
    }
    // Also in the variable of a file, which is read beside the judge of all others.
    let misplaced = complete().ca_file(keys).build().unwrap_err();
    assert!(!format!("{misplaced} {misplaced:?} {:?}", misplaced.problems()).contains(keys), "{misplaced}");
}

#[tokio::test]
async fn the_provider_is_not_asked_before_someone_needs_it() {
    let emulator = Emulator::start().await.unwrap();
    let auth = auth(&emulator, &[]);
    let application = Application::start(guestbook(auth.clone(), &Entries::default())).await;
    let browser = Browser::new();
    browser.open(application.at("/")).await;
    browser.open(application.at("/session")).await;
    assert_eq!(emulator.transcript(), []);
    auth.warm_up().await.unwrap();
    assert_eq!(emulator.transcript().len(), 2, "discovery and keys");
    browser.open(application.at("/login")).await;
    assert_eq!(emulator.transcript().len(), 2, "known by now");
}

#[tokio::test]
async fn warming_up_says_what_is_wrong_with_the_provider() {
    let emulator = Emulator::start().await.unwrap();
    for (defect, words) in [
        (Defect::DiscoveryServerError, "cannot be used: the answer has status 500"),
        (Defect::DiscoveryHtml, "cannot be used: the answer is an HTML page, not the JSON document"),
        (Defect::DiscoveryHuge, "cannot be used: the answer has more than 1048576 bytes"),
        (Defect::DiscoveryRedirects, "cannot be used: the answer is a redirect (307), which is not followed"),
        (Defect::DiscoveryIssuerWrong, "it is of the issuer "),
        (Defect::DiscoveryOpenEndpoint, "`token_endpoint` is not an https address"),
        (Defect::DiscoveryEmpty, "the answer is JSON of another shape, not the JSON document"),
        (Defect::KeysServerError, "key set at http://127.0.0.1:"),
        (Defect::KeysEmpty, "it has no key that can be used"),
    ] {
        emulator.inject(defect);
        let error = auth(&emulator, &[]).warm_up().await.unwrap_err().to_string();
        assert!(error.contains(words), "{defect:?}: {error}");
        emulator.clear_defects();
    }
    assert!(auth(&emulator, &[]).warm_up().await.is_ok());
}

#[tokio::test]
async fn a_tenant_that_does_not_exist_is_named_with_the_providers_code() {
    let emulator = Emulator::start().await.unwrap();
    let issuer = emulator.issuer("no-such-tenant.test");
    let error = auth(&emulator, &[("AZURE_ISSUER_URI", &issuer)]).warm_up().await.unwrap_err().to_string();
    assert!(error.contains("invalid_tenant (AADSTS90002)") && error.contains("AZURE_ISSUER_URI"), "{error}");
}

#[tokio::test]
async fn pages_may_be_written_by_the_application_and_keep_their_headers() {
    let emulator = Emulator::start().await.unwrap();
    let auth = builder(&emulator, &[])
        .pages(|page| {
            format!(
                "<h1>{}</h1>{} {} {}",
                page.title(),
                page.status(),
                page.sentences().len(),
                page.diagnosis().is_some()
            )
        })
        .build()
        .unwrap();
    let application = Application::start(guestbook(auth, &Entries::default())).await;
    let page = Browser::new().open(application.at("/authorization-code/callback?state=x")).await;
    assert_eq!((page.status, page.text.as_str()), (400, "<h1>Sign-in failed</h1>400 Bad Request 1 true"));
    assert!(page.header("content-security-policy").starts_with("default-src 'none';"));
    assert_eq!(page.header("x-frame-options"), "DENY");
}

#[tokio::test]
async fn who_forgot_the_client_secret_is_told_so_where_nobody_can_sign_in() {
    let emulator = Emulator::start().await.unwrap();
    for (secret, is_told) in [("", true), (SECRET, false)] {
        let auth = auth(&emulator, &[("AZURE_CLIENT_SECRET", secret)]);
        let application = Application::start(guestbook(auth, &Entries::default())).await;
        let browser = Browser::new();
        let page = browser.navigation(reqwest::Method::POST, application.at("/entries")).send().await;
        let problem = browser.program(reqwest::Method::GET, application.at("/me")).send().await;
        for answer in [page, problem] {
            assert_eq!((answer.status, answer.reason().as_deref()), (401, Some("not-signed-in")));
            assert_eq!(
                answer.text.contains("no credential is set, such as `AZURE_CLIENT_SECRET`"),
                is_told,
                "{}",
                answer.text
            );
        }
    }
}

#[test]
fn the_environment_is_read_with_empty_variables_as_unset() {
    let program = |variables: &[(&str, &str)]| {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--exact", "a_program_that_reads_its_environment", "--ignored", "--nocapture"]).env_clear();
        // What other programs keep there need not be text.
        #[cfg(unix)]
        command.env("OF_ANOTHER_PROGRAM", <std::ffi::OsStr as std::os::unix::ffi::OsStrExt>::from_bytes(b"\xff"));
        let output = command.envs(variables.iter().copied()).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    let settings = [
        ("AZURE_ISSUER_URI", "https://login.microsoftonline.com/contoso.onmicrosoft.com/"),
        ("AZURE_CLIENT_ID", "11111111-aaaa-4bbb-8ccc-222222222222"),
        ("AZURE_CLIENT_SECRET", SECRET),
        ("AZURE_PUBLIC_URL", ""),
        ("AZURE_EXPLAIN", " "),
    ];
    assert!(program(&settings).contains("complete"));
    let output = program(&settings[1..]);
    assert!(
        output.contains("AZURE_ISSUER_URI: not set; ")
            && output.contains("\nAZURE_ISSUER_URI=https://login.microsoftonline.com/<tenant id>"),
        "{output}"
    );
    assert!(!output.contains(SECRET), "{output}");
    #[cfg(unix)]
    {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--exact", "a_program_that_reads_its_environment", "--ignored", "--nocapture"]).env_clear();
        command
            .envs(settings)
            .env("AZURE_EXPLAIN", <std::ffi::OsStr as std::os::unix::ffi::OsStrExt>::from_bytes(b"\xff"));
        let output = String::from_utf8(command.output().unwrap().stdout).unwrap();
        assert!(output.contains("AZURE_EXPLAIN: the text is not UTF-8; "), "{output}");
    }
}

#[test]
#[ignore = "run by `the_environment_is_read_with_empty_variables_as_unset`, in a process and an environment of its own"]
fn a_program_that_reads_its_environment() {
    match AzureAuth::from_env() {
        Ok(_) => println!("complete"),
        Err(error) => println!("{error:?}"),
    }
}
