//! The example, its local Entra ID, and what it says of a failure.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use azure_auth_emulator::{Application, Emulator, EmulatorBuilder};
use azure_auth_tests::browser::Browser;
use azure_auth_tests::program::Program;

/// Where browsers ask for the example in most of these tests. Cookies have the same names in every process.
pub(crate) const PUBLIC: &str = "https://app.example.test";

pub(crate) struct Hybrid {
    pub(crate) emulator: Arc<Emulator>,
    pub(crate) program: Program,
}

impl Hybrid {
    /// The example at a local Entra ID, with these variables in place of the emulator's own, or beside them.
    pub(crate) async fn with<const N: usize>(variables: [(&str, &str); N]) -> Self {
        Self::at(Emulator::builder(), variables).await
    }

    pub(crate) async fn at<const N: usize>(emulator: EmulatorBuilder, variables: [(&str, &str); N]) -> Self {
        let emulator = Arc::new(emulator.start().await.unwrap());
        let program = start(&emulator, &variables);
        Self { emulator, program }
    }

    /// The same at a public address behind a proxy, with explanations in its answers.
    pub(crate) async fn in_public<const N: usize>(variables: [(&str, &str); N]) -> Self {
        let registration = Application::new("Public").redirect_uri(format!("{PUBLIC}/authorization-code/callback"));
        let emulator = Arc::new(Emulator::builder().application(registration).start().await.unwrap());
        let program = start(&emulator, &public(&variables));
        Self { emulator, program }
    }

    /// A second process at the same public address and the same provider.
    pub(crate) fn beside<const N: usize>(&self, variables: [(&str, &str); N]) -> Self {
        let program = start(&self.emulator, &public(&variables));
        Self { emulator: self.emulator.clone(), program }
    }

    /// A browser that reaches this process at the public address.
    pub(crate) fn browser(&self) -> Browser {
        let browser = Browser::new();
        browser.put_proxy_before("app.example.test", self.program.address());
        browser
    }

    /// The log without colours.
    pub(crate) fn log(&self) -> String {
        let log = self.program.log();
        let mut plain = String::with_capacity(log.len());
        let mut rest = log.as_str();
        while let Some((before, after)) = rest.split_once('\u{1b}') {
            plain.push_str(before);
            rest = after.split_once('m').map_or("", |(_, rest)| rest);
        }
        plain + rest
    }

    /// The one line of the log that has all of these words.
    pub(crate) fn line(&self, words: &[&str]) -> String {
        let log = self.log();
        let mut lines = log.lines().filter(|line| words.iter().all(|word| line.contains(word)));
        let line = lines.next().unwrap_or_else(|| panic!("no line of the log has {words:?}:\n{log}"));
        assert_eq!(lines.next(), None, "a second line has {words:?}");
        line.to_owned()
    }
}

fn public<'v>(variables: &[(&'v str, &'v str)]) -> Vec<(&'v str, &'v str)> {
    [&[("AZURE_PUBLIC_URL", PUBLIC), ("AZURE_EXPLAIN", "1")], variables].concat()
}

fn start(emulator: &Emulator, variables: &[(&str, &str)]) -> Program {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    let mut environment: Vec<(String, String)> = emulator.env();
    for (name, value) in variables {
        environment.retain(|(known, _)| known != name);
        environment.push(((*name).to_owned(), (*value).to_owned()));
    }
    let log = format!("explained-{}-{}.log", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
    Program::start("hybrid", &environment, &Path::new(env!("CARGO_TARGET_TMPDIR")).join(log))
}
