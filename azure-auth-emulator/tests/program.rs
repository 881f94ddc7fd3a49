//! The emulator as a program.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, Command, Stdio};

fn program(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_azure-auth-emulator"));
    command.args(arguments);
    command
}

/// Ends it, however the test ends.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

#[test]
fn it_prints_the_settings_to_paste_and_serves_them() {
    let mut running = Running(program(&[]).stdout(Stdio::piped()).spawn().unwrap());
    let lines = BufReader::new(running.0.stdout.take().unwrap()).lines().map(Result::unwrap);
    let printed: Vec<String> = lines.take(5).collect();
    assert!(printed[0].starts_with("A local Entra ID listens on http://127.0.0.1:"), "{printed:?}");
    for (line, name) in printed[2..].iter().zip(["AZURE_ISSUER_URI", "AZURE_CLIENT_ID", "AZURE_CLIENT_SECRET"]) {
        assert!(line.starts_with(&format!("export {name}='")) && line.ends_with('\''), "{line}");
    }
    let origin = printed[0].split(' ').nth(6).unwrap().trim_end_matches('.').trim_start_matches("http://");
    assert!(std::net::TcpStream::connect(origin).is_ok(), "{origin}");
}

#[test]
fn it_prints_the_settings_of_another_application_and_is_wrong_from_the_start() {
    let arguments = ["--application", "Local orders", "--defect", "tokenthrottled", "--token-lifetime", "60"];
    let mut running = Running(program(&arguments).stdout(Stdio::piped()).spawn().unwrap());
    let lines = BufReader::new(running.0.stdout.take().unwrap()).lines().map(Result::unwrap);
    let printed: Vec<String> = lines.take(5).collect();
    let orders = azure_auth_emulator::Application::new("Local orders");
    assert_eq!(printed[3], format!("export AZURE_CLIENT_ID='{}'", orders.application_id()));
    assert_eq!(printed[4], format!("export AZURE_CLIENT_SECRET='{}'", orders.client_secret()));
    let origin = printed[0].split(' ').nth(6).unwrap().trim_end_matches('.').trim_start_matches("http://");
    let mut connection = std::net::TcpStream::connect(origin).unwrap();
    write!(connection, "GET /emulator/defects HTTP/1.1\r\nhost: {origin}\r\nconnection: close\r\n\r\n").unwrap();
    let mut page = String::new();
    connection.read_to_string(&mut page).unwrap();
    assert!(page.contains("Now: <code>TokenThrottled</code>"), "{page}");
}

#[test]
fn the_first_registration_given_becomes_the_default_one() {
    let file = |name: &str, content: &str| {
        let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        std::fs::write(&path, content).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let desk = file("desk.json", r#"{ "displayName": "Help desk", "appId": "11111111-aaaa-4bbb-8ccc-000000000002" }"#);
    let shop = file("shop.json", r#"{ "displayName": "Shop" }"#);
    let arguments = ["--registration", &desk, "--registration", &shop];
    let mut running = Running(program(&arguments).stdout(Stdio::piped()).spawn().unwrap());
    let lines = BufReader::new(running.0.stdout.take().unwrap()).lines().map(Result::unwrap);
    let printed: Vec<String> = lines.take(5).collect();
    assert_eq!(printed[3], "export AZURE_CLIENT_ID='11111111-aaaa-4bbb-8ccc-000000000002'");
    let secret = azure_auth_emulator::Application::new("Help desk").client_secret().to_owned();
    assert_eq!(printed[4], format!("export AZURE_CLIENT_SECRET='{secret}'"));
    let wrong = file("wrong.json", r#"{ "displayName": "Shop", "web": { "redirectUri": [] } }"#);
    let output = program(&["--registration", &wrong]).output().unwrap();
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success() && error.contains("its `web.redirectUri` is not a member"), "{error}");
}

#[test]
fn the_readme_shows_what_it_prints() {
    let readme = include_str!("../README.md");
    let shown = readme.split("-- --port 8400\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    let shown: Vec<&str> = shown.trim_end().lines().collect();
    let mut running = Running(program(&["--port", "0"]).stdout(Stdio::piped()).spawn().unwrap());
    let lines = BufReader::new(running.0.stdout.take().unwrap()).lines().map(Result::unwrap);
    let printed: Vec<String> = lines.take(shown.len()).collect();
    let port = printed[0].split("127.0.0.1:").nth(1).and_then(|rest| rest.split('.').next()).unwrap().to_owned();
    let printed: Vec<String> =
        printed.iter().map(|line| line.replace(&format!("127.0.0.1:{port}"), "127.0.0.1:8400")).collect();
    assert_eq!(printed, shown);
}

#[test]
fn mistakes_on_its_command_line_are_named() {
    for (arguments, words) in [
        (vec!["--port"], "--port needs a value"),
        (vec!["--port", "high"], "found --port \"high\", expected a number up to 65535"),
        (vec!["--seed", "/no/such/file"], "/no/such/file cannot be read"),
        (
            vec!["--seed", concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml")],
            "is not a directory of tenants and applications",
        ),
        (vec!["--registration", "/no/such/file"], "/no/such/file cannot be read"),
        (vec!["--registration", concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml")], "is not a registration"),
        (vec!["--token-lifetime", "long"], "found --token-lifetime \"long\", expected a number of seconds"),
        (vec!["--refresh-in", "-1"], "found --refresh-in \"-1\", expected a number of seconds"),
        (vec!["--defect", "TokenThrotled"], "found the defect \"TokenThrotled\", expected one of SignatureBroken, "),
        (vec!["--application", "Loca"], "\"Loca\" is not a registered application; name one of Local application, "),
        (vec!["--verbose"], "unknown argument \"--verbose\""),
    ] {
        let output = program(&arguments).output().unwrap();
        let error = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success() && error.contains(words), "{arguments:?}: {error}");
    }
    let help = program(&["--help"]).output().unwrap();
    assert!(help.status.success());
    assert!(String::from_utf8(help.stdout).unwrap().contains("--seed <file>"));
}
