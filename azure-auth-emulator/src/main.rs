//! `azure-auth-emulator [--port 8400] [--host entra.test] [--seed directory.json] [--registration application.json]
//! [--https [--ca-file ca.pem]]`, and what is to be wrong.

use std::path::Path;
use std::process::ExitCode;

use azure_auth_emulator::{Application, Defect, Directory, Emulator, EmulatorBuilder, UnknownDefect};

const HELP: &str = "\
A local Entra ID on 127.0.0.1, for development. It is not Microsoft.

azure-auth-emulator [--port <port>] [--host <name>]... [--seed <file>] [--registration <file>]...
                    [--https [--ca-file <file>]] [--application <name>] [--token-lifetime <seconds>]
                    [--refresh-in <seconds>] [--defect <name>]...

  --port <port>     the port to listen on; 0, the default, takes a free one
  --host <name>     answer requests for this host as well, beside localhost and 127.0.0.1; others are refused with 421
  --seed <file>     tenants, people and applications as JSON, instead of the default ones
  --registration <file>
                    an application in the shape of Microsoft Graph, as az ad app show prints it, beside the others; the
                    first one given becomes the default
  --https           speak https, for Microsoft's client libraries; a certificate authority is made for this run, which
                    azure-auth takes by AZURE_CA_FILE
  --ca-file <file>  where to write that authority, so that clients can trust it; by default a file in the temporary
                    directory that goes with the emulator
  --application <name>
                    print the variables of this application, by name or client id, instead of the first one
  --token-lifetime <seconds>
                    how long access tokens live; by default between an hour and an hour and a half
  --refresh-in <seconds>
                    when token answers want their access tokens to be renewed
  --defect <name>   be wrong in this way from the start; /emulator/defects lists them, and changes them

Microsoft Graph is on the same port: http://127.0.0.1:<port>/v1.0/me and a few others.

An access token for an API, from a shell:

  curl -d user=adele@contoso.test -d scope=Files.Read http://127.0.0.1:<port>/emulator/tokens

GET the same address to see what else it takes. GET / to see who is who.";

#[tokio::main]
async fn main() -> ExitCode {
    match run(std::env::args().skip(1)).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("{problem}");
            ExitCode::FAILURE
        }
    }
}

async fn run(mut arguments: impl Iterator<Item = String>) -> Result<(), String> {
    let mut builder = Emulator::builder();
    let (mut defects, mut registrations, mut application) = (Vec::<Defect>::new(), Vec::new(), None);
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().ok_or_else(|| format!("{argument} needs a value\n\n{HELP}"));
        match argument.as_str() {
            "--port" => {
                let text = value()?;
                builder = builder
                    .port(text.parse().map_err(|_| format!("found --port {text:?}, expected a number up to 65535"))?);
            }
            "--host" => builder = builder.host(value()?),
            "--https" => builder = builder.https(),
            "--ca-file" => builder = builder.ca_file(value()?),
            "--seed" => builder = builder.seed(read_directory(&value()?)?),
            "--registration" => registrations.push(read_registration(&value()?)?),
            "--application" => application = Some(value()?),
            "--token-lifetime" => builder = builder.access_token_lifetime(seconds(&argument, &value()?)?),
            "--refresh-in" => builder = builder.refresh_in(seconds(&argument, &value()?)?),
            "--defect" => defects.push(value()?.parse().map_err(|error: UnknownDefect| error.to_string())?),
            "--help" | "-h" => {
                println!("{HELP}");
                return Ok(());
            }
            _ => return Err(format!("unknown argument {argument:?}\n\n{HELP}")),
        }
    }
    // Each one becomes the default, so the first comes last.
    builder = registrations.into_iter().rev().fold(builder, EmulatorBuilder::application);
    let emulator = builder.start().await.map_err(|error| error.to_string())?;
    println!("A local Entra ID listens on {}. It is not Microsoft. Stop it with Ctrl-C.\n", emulator.origin());
    for defect in defects {
        emulator.inject(defect);
    }
    let variables = application.map_or_else(|| Ok(emulator.env()), |name| emulator.env_of(&name));
    for (name, value) in variables.map_err(|error| error.to_string())? {
        println!("export {name}='{value}'");
    }
    if let Some(ca_file) = emulator.ca_file() {
        print_authority(ca_file);
    }
    tokio::signal::ctrl_c().await.map_err(|error| error.to_string())
}

fn seconds(argument: &str, text: &str) -> Result<u64, String> {
    text.parse().map_err(|_| format!("found {argument} {text:?}, expected a number of seconds"))
}

/// How to trust an emulator that speaks https.
fn print_authority(ca_file: &Path) {
    println!("\nIts certificate authority is in {}. Clients must trust it, for example by one of", ca_file.display());
    for name in ["NODE_EXTRA_CA_CERTS", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"] {
        println!("export {name}='{}'", ca_file.display());
    }
}

fn read_directory(path: &str) -> Result<Directory, String> {
    serde_json::from_str(&read(path)?).map_err(|error| {
        format!("{path} is not a directory of tenants and applications: {error}; the README shows the format")
    })
}

fn read_registration(path: &str) -> Result<Application, String> {
    let registration = serde_json::from_str(&read(path)?)
        .map_err(|error| format!("{path} is not a registration: {error}; write what `az ad app show` prints"))?;
    Application::from_registration(&registration).map_err(|error| format!("{path}: {error}"))
}

fn read(path: &str) -> Result<String, String> {
    std::fs::read_to_string(path).map_err(|error| format!("{path} cannot be read: {error}; name a JSON file"))
}
