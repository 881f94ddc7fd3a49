//! Three processes of one application, behind a proxy.

use std::fs;
use std::path::{Path, PathBuf};

use azure_auth_emulator::Emulator;
use reqwest::Method;

use crate::browser::{Browser, Page};
use crate::program::Program;
use crate::proxy::{Proxy, REPLICA};

/// How many there are.
pub const COUNT: usize = 3;

/// Where Cargo has put things, which only a test knows.
#[derive(Clone, Copy)]
pub struct Built {
    /// `env!("CARGO_BIN_EXE_replica")`
    pub program: &'static str,
    /// `env!("CARGO_TARGET_TMPDIR")`: for logs.
    pub directory: &'static str,
}

/// Replicas of the program `replica`, their proxy and their provider.
pub struct Replicas {
    /// The provider.
    pub emulator: Emulator,
    built: Built,
    name: String,
    variables: Vec<(String, String)>,
    proxy: Proxy,
    running: Vec<Program>,
    logs: Vec<PathBuf>,
}

impl Replicas {
    /// Starts them all with the settings that the provider proposes, and some changed. `name`: what the files of their
    /// logs are called.
    pub async fn start(built: Built, name: &str, emulator: Emulator, changes: &[(&str, &str)]) -> Self {
        let proxy = Proxy::start().await;
        let variables = with(emulator.env(), &[("AZURE_PUBLIC_URL", &proxy.origin())]);
        let mut replicas = Self {
            emulator,
            built,
            name: name.to_owned(),
            variables: with(variables, changes),
            proxy,
            running: Vec::new(),
            logs: Vec::new(),
        };
        for number in 0..COUNT {
            let replica = replicas.run(number);
            replicas.running.push(replica);
        }
        replicas.announce();
        replicas
    }

    /// An address of the application.
    pub fn at(&self, path: &str) -> String {
        format!("{}{path}", self.proxy.origin())
    }

    /// Ends one at once, in the middle of whatever it does (`kill -9`). The proxy is not told.
    pub fn kill(&mut self, number: usize) {
        self.running[number].kill();
    }

    /// Starts one again, and puts it in its old place.
    pub fn start_again(&mut self, number: usize) {
        self.running[number] = self.run(number);
        self.announce();
    }

    /// Starts one after the other again, with changed settings.
    pub fn roll_out(&mut self, number: usize, changes: &[(&str, &str)]) {
        self.variables = with(std::mem::take(&mut self.variables), changes);
        self.start_again(number);
    }

    /// What all of them have said to those who run them.
    pub fn logs(&self) -> String {
        self.logs.iter().map(|log| fs::read_to_string(log).expect("a log")).collect()
    }

    /// Somebody signs in, wherever the proxy leads them, and ends at `/`.
    pub async fn sign_in(&self, browser: &Browser, account: &str) -> Page {
        let page = browser.visit(self.at("/login")).await;
        if page.text.contains("Pick an account") { browser.pick(&page, account).await } else { page }
    }

    /// Who a replica thinks is at the browser; nobody, if it refuses.
    pub async fn user_at(&self, number: usize, browser: &Browser) -> Option<String> {
        let call = browser.program(Method::GET, self.at("/session")).header(REPLICA, &number.to_string());
        let page = call.send().await;
        assert_eq!(page.header(REPLICA), number.to_string());
        match page.status {
            200 => page.json()["display_name"].as_str().map(ToOwned::to_owned),
            401 => None,
            _ => panic!("neither signed in nor not: {page:?}"),
        }
    }

    /// The same for each replica.
    pub async fn users(&self, browser: &Browser) -> [Option<String>; COUNT] {
        let mut users = [const { None }; COUNT];
        for (number, user) in users.iter_mut().enumerate() {
            *user = self.user_at(number, browser).await;
        }
        users
    }

    fn run(&mut self, number: usize) -> Program {
        let log = Path::new(self.built.directory).join(format!("{}-{number}-{}.log", self.name, self.logs.len()));
        let variables = with(self.variables.clone(), &[("REPLICA", &number.to_string())]);
        let program = Program::run(Path::new(self.built.program), &variables, &log);
        self.logs.push(log);
        program
    }

    fn announce(&self) {
        self.proxy.put_before(self.running.iter().map(Program::address).collect());
    }
}

/// The variables with some of them changed.
fn with(mut variables: Vec<(String, String)>, changes: &[(&str, &str)]) -> Vec<(String, String)> {
    variables.retain(|(name, _)| changes.iter().all(|(changed, _)| name != changed));
    variables.extend(changes.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    variables
}
