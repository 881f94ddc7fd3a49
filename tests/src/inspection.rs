//! What a program answers where its arguments ask something.

use std::process::Stdio;

use serde_json::Value;
use tokio::io::AsyncWriteExt;
use tokio::process::Command;

use crate::program::built;

/// Names and values.
pub type Variables = Vec<(String, String)>;

/// What came of a question.
#[derive(Debug)]
pub struct Answer {
    /// The exit status.
    pub status: i32,
    /// On standard output.
    pub text: String,
    /// On standard error.
    pub complaint: String,
}

impl Answer {
    /// The text as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("{} {}", self.text, self.complaint))
    }

    /// Severity and name of each finding.
    pub fn findings(&self) -> Vec<(String, String)> {
        let text = |finding: &Value, name: &str| finding[name].as_str().unwrap().to_owned();
        let findings = self.json()["findings"].as_array().unwrap().clone();
        findings.iter().map(|finding| (text(finding, "severity"), text(finding, "name"))).collect()
    }

    /// The names of what is wrong.
    pub fn problems(&self) -> Vec<String> {
        self.findings().into_iter().filter(|(severity, _)| severity == "problem").map(|(_, name)| name).collect()
    }
}

/// Asks an example, with these variables and none beside them.
pub async fn ask(program: &str, arguments: &[&str], variables: &Variables, input: &str) -> Answer {
    let mut command = Command::new(built(program));
    let is_of_machine = |name: &str| name.starts_with("AZURE_") || name.to_ascii_lowercase().ends_with("_proxy");
    for (name, _) in std::env::vars().filter(|(name, _)| is_of_machine(name)) {
        command.env_remove(name);
    }
    command.args(arguments).envs(variables.iter().cloned()).current_dir(std::env::temp_dir());
    let mut process =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true).spawn().unwrap();
    // Nobody reads it where the arguments are not understood.
    let _ = process.stdin.take().unwrap().write_all(input.as_bytes()).await;
    let output = process.wait_with_output().await.unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Answer { status: output.status.code().unwrap(), text: text(output.stdout), complaint: text(output.stderr) }
}
