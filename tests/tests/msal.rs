//! Microsoft's own client libraries, unmodified, against the emulator. They come from their registries; without these,
//! or without Node.js or Python, the test says so and proves nothing, unless `AZURE_AUTH_TESTS=complete`.

use azure_auth_emulator::{Application, Emulator};
use azure_auth_tests::packages::{self, printed};
use tokio::process::Command;

const CONTOSO: &str = "aaaaaaaa-0000-4000-8000-000000000001";
const FLOWS: &str = "code: ok\nrefresh: ok\nanother API: ok\non behalf of: ok\nclient credentials: ok\n";

#[tokio::test]
async fn msal_node_completes_its_flows() {
    let Some(directory) = packages::with_node_packages("msal/node").await else { return };
    let emulator = emulator().await;
    let mut flows = Command::new("node");
    flows.arg("flows.mjs").current_dir(&directory).env("NODE_EXTRA_CA_CERTS", emulator.ca_file().unwrap());
    assert_flows(&mut flows, &emulator).await;
}

#[tokio::test]
async fn msal_python_completes_its_flows() {
    let directory = packages::copied("msal/python");
    let packages = directory.join("packages");
    let mut install = Command::new("python3");
    install.args(["-m", "pip", "install", "--quiet", "--upgrade", "--requirement", "requirements.txt", "--target"]);
    if !packages::succeeds(install.arg(&packages).current_dir(&directory)).await {
        return;
    }
    let emulator = emulator().await;
    let mut flows = Command::new("python3");
    flows.arg("flows.py").current_dir(&directory).env("PYTHONPATH", &packages);
    flows.env("REQUESTS_CA_BUNDLE", emulator.ca_file().unwrap());
    assert_flows(&mut flows, &emulator).await;
}

async fn emulator() -> Emulator {
    Emulator::builder().https().start().await.unwrap()
}

async fn assert_flows(flows: &mut Command, emulator: &Emulator) {
    let [application, daemon, _, orders] = emulator.directory().applications() else { panic!("the default ones") };
    let output = with_registration(flows, "CLIENT", application);
    let output = with_registration(output, "DAEMON", daemon);
    let output = with_registration(output, "ORDERS", orders).env("ORIGIN", emulator.origin()).env("TENANT", CONTOSO);
    let output = output.output().await.unwrap();
    assert!(output.status.success(), "{}", printed(&output));
    assert_eq!(String::from_utf8(output.stdout).unwrap(), FLOWS);
}

fn with_registration<'c>(command: &'c mut Command, name: &str, application: &Application) -> &'c mut Command {
    command.env(format!("{name}_ID"), application.application_id());
    command.env(format!("{name}_SECRET"), application.client_secret())
}
