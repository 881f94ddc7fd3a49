//! Microsoft's own client libraries, unmodified, against the emulator. They come from their registries; without these,
//! or without Node.js or Python, the test says so and proves nothing, unless `AZURE_AUTH_TESTS=complete`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use azure_auth_emulator::{Application, Emulator};
use tokio::process::Command;

const CONTOSO: &str = "aaaaaaaa-0000-4000-8000-000000000001";
const FLOWS: &str = "code: ok\nrefresh: ok\nclient credentials: ok\n";

#[tokio::test]
async fn msal_node_completes_its_flows() {
    let directory = installed_beside("node");
    let mut install = Command::new("npm");
    install.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]).current_dir(&directory);
    if !succeeds(&mut install).await {
        return;
    }
    let emulator = emulator().await;
    let mut flows = Command::new("node");
    flows.arg("flows.mjs").current_dir(&directory).env("NODE_EXTRA_CA_CERTS", emulator.ca_file().unwrap());
    assert_flows(&mut flows, &emulator).await;
}

#[tokio::test]
async fn msal_python_completes_its_flows() {
    let directory = installed_beside("python");
    let packages = directory.join("packages");
    let mut install = Command::new("python3");
    install.args(["-m", "pip", "install", "--quiet", "--upgrade", "--requirement", "requirements.txt", "--target"]);
    if !succeeds(install.arg(&packages).current_dir(&directory)).await {
        return;
    }
    let emulator = emulator().await;
    let mut flows = Command::new("python3");
    flows.arg("flows.py").current_dir(&directory).env("PYTHONPATH", &packages);
    flows.env("REQUESTS_CA_BUNDLE", emulator.ca_file().unwrap());
    assert_flows(&mut flows, &emulator).await;
}

/// Packages are installed where they are built: the sources stay as they are.
fn installed_beside(library: &str) -> PathBuf {
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("msal").join(library);
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join("msal").join(library);
    fs::create_dir_all(&directory).unwrap();
    for entry in fs::read_dir(sources).unwrap().map(Result::unwrap) {
        fs::copy(entry.path(), directory.join(entry.file_name())).unwrap();
    }
    directory
}

async fn emulator() -> Emulator {
    Emulator::builder().https().start().await.unwrap()
}

/// Whether an installation succeeded. Where everything must run, it has to.
async fn succeeds(install: &mut Command) -> bool {
    let problem = match install.output().await {
        Ok(output) if output.status.success() => return true,
        Ok(output) => printed(&output),
        Err(error) => error.to_string(),
    };
    let is_complete = std::env::var("AZURE_AUTH_TESTS").is_ok_and(|tests| tests == "complete");
    let program = install.as_std().get_program().display();
    assert!(!is_complete, "{program} could not install the library: {problem}");
    eprintln!("NOT TESTED, because {program} could not install the library: {problem}");
    false
}

async fn assert_flows(flows: &mut Command, emulator: &Emulator) {
    let [application, daemon, _] = emulator.directory().applications() else { panic!("the default applications") };
    let output = with_registration(flows, "CLIENT", application);
    let output = with_registration(output, "DAEMON", daemon).env("ORIGIN", emulator.origin()).env("TENANT", CONTOSO);
    let output = output.output().await.unwrap();
    assert!(output.status.success(), "{}", printed(&output));
    assert_eq!(String::from_utf8(output.stdout).unwrap(), FLOWS);
}

fn with_registration<'c>(command: &'c mut Command, name: &str, application: &Application) -> &'c mut Command {
    command.env(format!("{name}_ID"), application.application_id());
    command.env(format!("{name}_SECRET"), application.client_secret())
}

fn printed(output: &Output) -> String {
    [&output.stdout, &output.stderr].map(|text| String::from_utf8_lossy(text).into_owned()).concat()
}
