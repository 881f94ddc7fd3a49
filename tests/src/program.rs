//! A program with a process of its own: an example, built and running as a newcomer runs it, or a replica.

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::OnceLock;

use url::Url;

/// A running program. Dropping it ends it.
pub struct Program {
    /// `http://localhost:…`
    pub origin: String,
    log: PathBuf,
    process: Child,
    /// Open as long as the process may write into it.
    output: BufReader<ChildStdout>,
}

impl Program {
    /// Starts an example on a free port, with these variables: none of `azure-auth` beside them, and none that names a
    /// proxy. What it says to those who run it goes into the file `log`.
    pub fn start(name: &str, variables: &[(String, String)], log: &Path) -> Self {
        Self::run(&built(name), variables, log)
    }

    /// The same for a program that is built already.
    pub fn run(program: &Path, variables: &[(String, String)], log: &Path) -> Self {
        let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|listener| listener.local_addr()).unwrap();
        let mut command = Command::new(program);
        let is_of_machine = |name: &str| name.starts_with("AZURE_") || name.to_ascii_lowercase().ends_with("_proxy");
        for (name, _) in std::env::vars().filter(|(name, _)| is_of_machine(name)) {
            command.env_remove(name);
        }
        let mut process = command
            .envs(variables.iter().cloned())
            .env("BIND", free.to_string())
            // A developer's `.env` in the repository does not concern this program.
            .current_dir(std::env::temp_dir())
            .stdout(Stdio::piped())
            .stderr(File::create(log).unwrap())
            .spawn()
            .unwrap();
        let mut output = BufReader::new(process.stdout.take().unwrap());
        let mut line = String::new();
        output.read_line(&mut line).unwrap();
        let address = line.strip_prefix("Open ").and_then(|address| Url::parse(address.trim_end()).ok());
        let origin = address.expect("the program says where it is").origin().ascii_serialization();
        Self { origin, log: log.to_owned(), process, output }
    }

    /// The next line that it prints after the first one, which says where it is.
    pub fn says(&mut self) -> String {
        let mut line = String::new();
        self.output.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    }

    /// An address of the program.
    pub fn at(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        let port = self.origin.rsplit(':').next().and_then(|port| port.parse().ok()).expect("an address with a port");
        SocketAddr::from((Ipv4Addr::LOCALHOST, port))
    }

    /// Ends it at once, in the middle of whatever it does.
    pub fn kill(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }

    /// What it has said so far to those who run it.
    pub fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Where a program of the workspace is, built first.
pub fn built(name: &str) -> PathBuf {
    programs().join(name)
}

/// Where the examples are, built first: Cargo builds no program of another package for a test.
fn programs() -> &'static Path {
    static PROGRAMS: OnceLock<PathBuf> = OnceLock::new();
    PROGRAMS.get_or_init(|| {
        // With everything that `cargo test --workspace` has built: other targets alone would want other features of the
        // dependencies, and a second build of all of them.
        let arguments = ["build", "--workspace", "--bins", "--tests", "--message-format=json-render-diagnostics"];
        let output = Command::new(env!("CARGO")).args(arguments).stderr(Stdio::inherit()).output().unwrap();
        assert!(output.status.success(), "the examples do not build");
        let messages = serde_json::Deserializer::from_slice(&output.stdout).into_iter::<serde_json::Value>();
        let programs = messages.filter_map(Result::ok).filter(|message| {
            message["target"]["kind"] == serde_json::json!(["bin"]) && message["profile"]["test"] == false
        });
        let executable = programs.filter_map(|message| message["executable"].as_str().map(PathBuf::from)).last();
        executable.as_deref().and_then(Path::parent).expect("Cargo says where the programs are").to_owned()
    })
}
