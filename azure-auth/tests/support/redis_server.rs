//! A Redis server for one test.

use std::io::{BufRead, BufReader};
use std::net::{Ipv4Addr, TcpListener};
use std::process::{Child, Command, Stdio};

/// A server on a free port that keeps nothing on disk. Dropping it ends it.
pub struct RedisServer {
    port: u16,
    process: Option<Child>,
}

impl RedisServer {
    /// A server that runs; `None`, with a notice, where none is installed and not everything has to be tested.
    pub fn start() -> Option<Self> {
        let mut server = Self::down()?;
        server.start_again();
        Some(server)
    }

    /// A server that does not run yet.
    pub fn down() -> Option<Self> {
        if Command::new("redis-server").arg("--version").stdout(Stdio::null()).status().is_err() {
            let notice =
                "NOTICE: nothing was tested with Redis: `redis-server` is missing; install the package of that name";
            assert!(std::env::var("AZURE_AUTH_TESTS").as_deref() != Ok("complete"), "{notice}");
            eprintln!("{notice}");
            return None;
        }
        let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|listener| listener.local_addr()).unwrap();
        Some(Self { port: free.port(), process: None })
    }

    /// Where it is.
    pub fn address(&self) -> String {
        format!("redis://127.0.0.1:{}/", self.port)
    }

    /// The same for a user of its own.
    pub fn address_of(&self, user: &str, password: &str) -> String {
        format!("redis://{user}:{password}@127.0.0.1:{}/", self.port)
    }

    /// Ends it at once, and everything that it kept with it.
    pub fn end(&mut self) {
        if let Some(mut process) = self.process.take() {
            let _ = process.kill();
            let _ = process.wait();
        }
    }

    /// Starts it on the same port, empty, and waits until it answers.
    pub fn start_again(&mut self) {
        self.end();
        let mut process = Command::new("redis-server")
            .args(["--port", &self.port.to_string(), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"])
            .current_dir(std::env::temp_dir())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut told = BufReader::new(process.stdout.take().unwrap()).lines().map_while(Result::ok);
        assert!(told.any(|line| line.contains("Ready to accept connections")), "the server did not start");
        // Whatever else it says is read, or it would wait for a reader one day.
        std::thread::spawn(move || told.for_each(drop));
        self.process = Some(process);
    }

    /// Lets it hang: connections are there, answers do not come.
    pub fn freeze(&self) {
        self.signal("-STOP");
    }

    /// Lets it go on.
    pub fn thaw(&self) {
        self.signal("-CONT");
    }

    fn signal(&self, signal: &str) {
        let process = self.process.as_ref().expect("a server that runs");
        assert!(Command::new("kill").args([signal, &process.id().to_string()]).status().unwrap().success());
    }
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        self.end();
    }
}
