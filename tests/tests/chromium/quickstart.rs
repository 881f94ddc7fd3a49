//! The example `quickstart`, built and running as a newcomer runs it.

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::OnceLock;

/// The running program. Dropping it ends it.
pub(crate) struct Quickstart {
    /// `http://localhost:…`
    pub(crate) origin: String,
    log: PathBuf,
    process: Child,
    /// Open as long as the process may write into it.
    _output: BufReader<ChildStdout>,
}

impl Quickstart {
    /// Starts it on a free port, with nothing configured.
    pub(crate) fn start(log: &Path) -> Self {
        let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|listener| listener.local_addr()).unwrap();
        let mut command = Command::new(program());
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("AZURE_")) {
            command.env_remove(name);
        }
        let mut process = command
            .env("BIND", free.to_string())
            // A developer's `.env` in the repository is none of this program's business here.
            .current_dir(std::env::temp_dir())
            .stdout(Stdio::piped())
            .stderr(File::create(log).unwrap())
            .spawn()
            .unwrap();
        let mut output = BufReader::new(process.stdout.take().unwrap());
        let mut line = String::new();
        output.read_line(&mut line).unwrap();
        let origin = line.trim_end().strip_prefix("Open ").expect("the program says where it is").to_owned();
        Self { origin, log: log.to_owned(), process, _output: output }
    }

    /// What it has said so far to those who run it.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap()
    }
}

impl Drop for Quickstart {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The program's file, built first: Cargo builds no program of another package for a test.
fn program() -> &'static Path {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| {
        // `--workspace`: with the features that the tests of the whole workspace have built its dependencies with.
        let arguments = ["build", "--workspace", "--bin=quickstart", "--message-format=json-render-diagnostics"];
        let output = Command::new(env!("CARGO")).args(arguments).stderr(Stdio::inherit()).output().unwrap();
        assert!(output.status.success(), "the quickstart does not build");
        let messages = serde_json::Deserializer::from_slice(&output.stdout).into_iter::<serde_json::Value>();
        let executable = messages.filter_map(|message| message.ok()?["executable"].as_str().map(PathBuf::from)).last();
        executable.expect("Cargo says where the program is")
    })
}
