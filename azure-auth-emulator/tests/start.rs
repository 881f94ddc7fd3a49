//! When a program gets a local Entra ID of its own, and what it is told if it does not. Each case is a process, because
//! the environment decides.

use std::process::Command;

use azure_auth_emulator::{Application, Emulator};

/// What a program of somebody else does. The others start it, each with an environment of its own.
#[tokio::test]
#[ignore = "it is the program that the other tests start"]
async fn program() {
    tracing_subscriber::fmt().with_ansi(false).init();
    let bind = std::env::var("BIND").unwrap();
    let desk = Application::new("Help desk").scope("Tickets.Read");
    let emulator = Emulator::builder().application(desk).start_unless_configured(&bind).await.unwrap();
    let Some(emulator) = emulator else { return println!("none") };
    let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().tls_certs_only([]);
    let http = http.build().unwrap();
    let client_id = emulator.directory().applications()[0].application_id();
    println!("started with {client_id}");
    for host in ["localhost:3000", "127.0.0.1:3000", "127.0.0.1:3001"] {
        let redirect_uri = format!("http://{host}/authorization-code/callback");
        let form = [
            ("client_id", client_id),
            ("redirect_uri", &redirect_uri),
            ("response_type", "code"),
            ("scope", "openid"),
            ("account", "adele@contoso.test"),
        ];
        let address = format!("{}/contoso.test/oauth2/v2.0/authorize", emulator.origin());
        println!("{host} {}", http.post(address).form(&form).send().await.unwrap().status().as_u16());
    }
}

/// What the program prints and logs.
fn run(bind: &str, variables: &[(&str, &str)]) -> String {
    let mut command = Command::new(std::env::current_exe().unwrap());
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("AZURE_")) {
        command.env_remove(name);
    }
    let arguments = ["program", "--exact", "--ignored", "--nocapture"];
    let command = command.args(arguments).env_remove("RUST_LOG").env("BIND", bind).envs(variables.iter().copied());
    let output = command.output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
    text
}

#[test]
fn variables_of_other_programs_do_not_keep_it_from_starting() {
    let strangers = [("AZURE_HTTP_USER_AGENT", "a"), ("AZURE_CONFIG_DIR", "/a"), ("AZURE_CLIENT_ID", " ")];
    for variables in [&[][..], &strangers] {
        let text = run("127.0.0.1:3000", variables);
        let client_id = Application::new("Help desk").application_id().to_owned();
        assert!(text.contains(&format!("started with {client_id}\n")), "{text}");
        assert!(
            text.contains("INFO azure_auth_emulator::emulator::start: a local Entra ID listens on http://127.0.0.1:"),
            "{text}"
        );
        assert!(!text.contains("no local Entra ID") && !text.contains("WARN"), "{text}");
    }
}

#[test]
fn the_address_that_is_served_is_registered() {
    let text = run("127.0.0.1:3000", &[]);
    for line in ["localhost:3000 302", "127.0.0.1:3000 302", "127.0.0.1:3001 400"] {
        assert!(text.lines().any(|found| found == line), "{line}: {text}");
    }
    let text = run("localhost:3000", &[]);
    for line in ["localhost:3000 302", "127.0.0.1:3000 400"] {
        assert!(text.lines().any(|found| found == line), "{line}: {text}");
    }
}

#[test]
fn a_program_that_gets_none_is_told_why_and_once() {
    for (bind, variables, level, reason) in [
        ("0.0.0.0:3000", &[][..], "WARN", "found the address \"0.0.0.0:3000\", expected one of loopback"),
        ("0.0.0.0:3000", &[("AZURE_CONFIG_DIR", "/a")], "WARN", "found the address \"0.0.0.0:3000\""),
        ("127.0.0.1:3000", &[("AZURE_CLIENT_ID", "a-value")], "INFO", "found AZURE_CLIENT_ID in the environment; "),
        ("0.0.0.0:3000", &[("AZURE_AUDIENCE", "a-value")], "INFO", "found AZURE_AUDIENCE in the environment; "),
    ] {
        let text = run(bind, variables);
        assert!(text.lines().any(|line| line == "none"), "{bind} {variables:?}: {text}");
        let told: Vec<_> = text.lines().filter(|line| line.contains("local Entra ID")).collect();
        assert_eq!(told.len(), 1, "{bind} {variables:?}: {text}");
        let expected = format!("{level} azure_auth_emulator::emulator::start: no local Entra ID is started: {reason}");
        assert!(told[0].contains(&expected), "{told:?}");
        assert!(!text.contains("a-value"), "values may be secret: {text}");
    }
}

#[test]
fn a_mistyped_variable_is_named_because_it_does_not_count() {
    let text = run("127.0.0.1:3000", &[("AZURE_ISSUER_URL", "https://login.test"), ("AZURE_CONFIG_DIR", "/a")]);
    let expected = "found the variable AZURE_ISSUER_URL, which azure-auth does not read; is AZURE_ISSUER_URI meant?";
    assert_eq!(text.matches(expected).count(), 1, "{text}");
    assert_eq!(text.matches("azure-auth does not read").count(), 1, "{text}");
    assert!(text.contains("started with "), "{text}");
}
