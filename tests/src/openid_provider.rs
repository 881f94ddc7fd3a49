//! An OpenID Connect provider that is not ours: npm's `oidc-provider`, certified, with what `tests/openid/provider.mjs`
//! makes of its answers.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};
use tokio::sync::OnceCell;

use crate::packages;

/// The running provider. Dropping it ends it.
pub struct OpenIdProvider {
    settings: [(String, String); 3],
    _process: Child,
    /// Open as long as the process may write into it.
    _output: Lines<BufReader<ChildStdout>>,
}

impl OpenIdProvider {
    /// Its packages; none where they could not be installed.
    pub async fn installed() -> Option<&'static Path> {
        // Once, or one test would take them away from another one.
        static INSTALLED: OnceCell<Option<PathBuf>> = OnceCell::const_new();
        INSTALLED.get_or_init(|| packages::with_node_packages("openid")).await.as_deref()
    }

    /// Starts one. `authentication`: how its client proves itself. `shape`: of its ID tokens.
    pub async fn start(packages: &Path, authentication: &str, shape: &str) -> Self {
        let variables = [("AUTHENTICATION", authentication), ("SHAPE", shape)];
        Self::with(packages, &variables).await
    }

    /// Starts one whose client proves itself by the key of a certificate, in PEM.
    pub async fn start_for_certificate(packages: &Path, certificate: &str) -> Self {
        let variables = [("AUTHENTICATION", "private_key_jwt"), ("SHAPE", "usual"), ("CERTIFICATE", certificate)];
        Self::with(packages, &variables).await
    }

    async fn with(packages: &Path, variables: &[(&str, &str)]) -> Self {
        let mut command = Command::new("node");
        command.arg("provider.mjs").current_dir(packages).envs(variables.iter().copied());
        let mut process =
            command.stdout(Stdio::piped()).stderr(Stdio::null()).kill_on_drop(true).spawn().expect("Node.js");
        let mut output = BufReader::new(process.stdout.take().expect("its output")).lines();
        let said: Value = loop {
            let line = output.next_line().await.expect("its output").expect("the provider says where it is");
            if line.starts_with('{') {
                break serde_json::from_str(&line).expect("JSON");
            }
        };
        let setting =
            |name: &str, pointer: &str| (name.to_owned(), said.pointer(pointer).unwrap().as_str().unwrap().to_owned());
        let settings = [
            setting("AZURE_ISSUER_URI", "/issuer"),
            setting("AZURE_CLIENT_ID", "/client/id"),
            setting("AZURE_CLIENT_SECRET", "/client/secret"),
        ];
        Self { settings, _process: process, _output: output }
    }

    /// The settings of an application that signs people in there.
    pub fn settings(&self) -> Vec<(String, String)> {
        self.settings.to_vec()
    }
}
